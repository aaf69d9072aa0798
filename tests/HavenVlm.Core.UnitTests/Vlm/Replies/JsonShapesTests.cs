namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Forms that models make of the JSON that was asked for. A name that nobody asked for shows that the JSON was read: prose would not find it.</summary>
public sealed class JsonShapesTests
{
    [Theory]
    [InlineData("""{"picture_1":{"tags":["Running"]}}""", "none + 1 unknown")]
    [InlineData("""{"picture_1":["Running"]}""", "none + 1 unknown")]
    [InlineData("""{"picture_1":"Running"}""", "Unusable")]
    [InlineData("""{"picture_1":["Running"],"picture_2":["Running"]}""", "Unusable")]
    [InlineData("""[{"labels":["Running"]}]""", "none + 1 unknown")]
    [InlineData("""[{"tags":null}]""", "none")]
    [InlineData("""{"tag":"Running","tags":["Kissing"]}""", "Kissing")]
    [InlineData("""{"tags":{}}""", "none")]
    [InlineData("""{"tags":{"tag":"Running"}}""", "none + 1 unknown")]
    [InlineData("""{"tags":[null]}""", "none")]
    [InlineData("""{"tags":["Running",],}""", "none + 1 unknown")]
    [InlineData("""{"tags":[{"tag":"Kissing","present":false}]}""", "none")]
    [InlineData("""{"tags":[[10,20],"Running"]}""", "none + 1 unknown")]
    [InlineData("""{"tags":[["Kissing",0.37],["Waving",0.4,"sure"]]}""", "Kissing 0.37")]
    [InlineData("""{"tags":["Running; Kissing | Waving\n,"]}""", "Kissing, Waving + 1 unknown")]
    [InlineData("""{"tags":["2."]}""", "none + 1 unknown")]
    [InlineData("""{"tags":["---"]}""", "none + 1 unknown")]
    [InlineData("""{"tags":["(0.9)"]}""", "none + 1 unknown")]
    [InlineData("""{"Kissing":true,"note":"\ud83d"}""", "Kissing")]
    public void Of_one_picture(string json, string expected) => Assert.Equal(expected, ReplyReading.Of(json));

    [Fact]
    public void A_tag_may_be_called_like_a_field_of_an_entry() =>
        Assert.Equal("Action", ReplyReading.Of("""{"tags":{"Action":"yes","Title":"no"}}""", tags: ["Action", "Title"]));

    [Theory]
    [InlineData("[", "]")]
    [InlineData("""{"frames":""", "}")]
    [InlineData("""{"picture_1":""", "}")]
    public void An_answer_in_more_than_three_wrappings_is_no_answer(string open, string close)
    {
        var wrapped = """{"tags":["Running"]}""";
        for (var i = 0; i < 3; i++)
        {
            wrapped = open + wrapped + close;
        }

        Assert.Equal("none + 1 unknown", ReplyReading.Of(wrapped));
        Assert.Equal("Unusable", ReplyReading.Of(open + wrapped + close));
    }

    [Fact]
    public void An_answer_about_several_pictures_may_be_wrapped_three_times()
    {
        var wrapped = """[["Kissing"],[],["Waving"]]""";
        for (var i = 0; i < 3; i++)
        {
            wrapped = $$"""{"answer":{{wrapped}}}""";
        }

        Assert.Equal("Kissing; none; Waving", ReplyReading.Of(wrapped, pictures: 3));
        Assert.Equal("Unusable", ReplyReading.Of($$"""{"answer":{{wrapped}}}""", pictures: 3));
    }

    [Theory]
    [InlineData("""[["Kissing"],7,["Waving"]]""", "Kissing; -; Waving")]
    [InlineData("""{"output":"done","pictures":[["Kissing"],[],["Waving"]]}""", "Kissing; none; Waving")]
    [InlineData("""{"pictures":[{"picture":7,"tags":["Kissing"]}]}""", "Unusable")]
    [InlineData("""{"pictures":[]}""", "Unusable")]
    [InlineData("""[{"Kissing":"perhaps"},[],[]]""", "-; none; none")]
    [InlineData("""{"picture":2,"Kissing":true,"Waving":false}""", "-; Kissing; -")]
    [InlineData("""{"pictures":7}""", "Unusable")]
    [InlineData("""{"first":["Running"],"second":[],"third":[]}""", "Unusable")]
    [InlineData("""{"picture":2,"tags":["Kissing"]}""", "-; Kissing; -")]
    [InlineData("""{"picture":2,"tags":["Kissing"]} {"picture":2,"tags":[]} {"picture":3,"tags":[]}""", "-; -; none")]
    [InlineData("""{"note":""} {"picture":1,"tags":["Kissing"]} {"picture":3,"tags":[]}""", "Kissing; -; none")]
    public void Of_three_pictures(string json, string expected) => Assert.Equal(expected, ReplyReading.Of(json, pictures: 3));
}
