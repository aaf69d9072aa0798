using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.UnitTests.Common;

public sealed class TimeRangeTests
{
    [Fact]
    public void In_JSON_it_is_a_beginning_and_an_end_in_seconds_as_in_results_of_earlier_versions()
    {
        const string Json = """{"start":1.5,"end":3}""";

        var range = JsonSerializer.Deserialize<TimeRange>(Json, HavenJson.Options);

        Assert.Equal(Range(1.5, 3), range);
        Assert.Equal(Json, JsonSerializer.Serialize(range, HavenJson.Options));
    }

    [Fact]
    public void Ranges_that_touch_do_not_overlap_but_are_joined()
    {
        Assert.False(Range(0, 2).Overlaps(Range(2, 3)));
        Assert.Equal(TimeSpan.FromSeconds(1), Range(0, 3).Overlap(Range(2, 5)));
        Assert.Equal([Range(0, 3), Range(5, 6)], TimeRanges.Join([Range(0, 2), Range(2, 3), Range(5, 6)], TimeSpan.FromSeconds(2)));
        Assert.Equal([Range(0, 1), Range(4, 5)], TimeRanges.Without(Range(0, 5), [Range(1, 3), Range(2, 4)]));
    }

    private static TimeRange Range(double start, double end) => new(TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end));
}
