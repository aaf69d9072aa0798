using System.Globalization;
using HavenVlm.Core.Configuration.Import;

namespace HavenVlm.Core.UnitTests.Configuration.Import;

public sealed class PythonAssignmentsTests
{
    [Theory]
    [InlineData("'a'", "a")]
    [InlineData("\"a'b\"", "a'b")]
    [InlineData("'''a\n'b'''", "a\n'b")]
    [InlineData("\"\"\"a\"b\"\"\"", "a\"b")]
    [InlineData("'a' \"b\" '''c'''", "abc")]
    [InlineData("('a'\n  'b')", "ab")]
    [InlineData("'a' + 'b'", "ab")]
    [InlineData("'a\\\nb'", "ab")]
    [InlineData("r'a\\n'", "a\\n")]
    [InlineData("R\"\\\"\"", "\\\"")]
    [InlineData("u'\\u00e4\\x41\\U0001f600\\101\\t\\q'", "ä\u0041😀A\t\\q")]
    [InlineData("f'plain'", "plain")]
    [InlineData("'\\ud83d'", "\uFFFD")]
    [InlineData("1", "1")]
    [InlineData("-1.5e1", "-15")]
    [InlineData("1_000 * 2 - 3 / 4", "1999.25")]
    [InlineData("0x1F", "31")]
    [InlineData("0b101", "5")]
    [InlineData(".5", "0.5")]
    [InlineData("True", "True")]
    [InlineData("None", "none")]
    [InlineData("(1)", "1")]
    [InlineData("(1,)", "[1]")]
    [InlineData("()", "[]")]
    [InlineData("[1, 'a', [], ]", "[1,a,[]]")]
    [InlineData("{1, 2}", "[1,2]")]
    [InlineData("{'a': 1, 'b': {'c': (2, 3)},}", "{a:1,b:{c:[2,3]}}")]
    [InlineData("[*KNOWN, 3]", "[7,3]")]
    [InlineData("KNOWN", "[7]")]
    public void Plain_values_are_read(string expression, string expected) =>
        Assert.Equal(expected, Text(PythonAssignments.Read($"KNOWN = [7]\nX = {expression} # comment\n").Names["X"]));

    [Theory]
    [InlineData("b'bytes'")]
    [InlineData("f'{x}'")]
    [InlineData("open('x')")]
    [InlineData("UNKNOWN")]
    [InlineData("a.b")]
    [InlineData("1 if True else 2")]
    [InlineData("lambda: 1")]
    [InlineData("1 / 0")]
    [InlineData("'a' * 3")]
    [InlineData("'not closed")]
    [InlineData("not True")]
    [InlineData("KNOWN[0]")]
    [InlineData("1 == 1")]
    public void Everything_else_is_named_by_its_line(string expression)
    {
        var read = PythonAssignments.Read($"KNOWN = [7]\n\nX = {expression}\nY = 2\n");

        Assert.IsType<PythonUnread>(read.Names["X"]);
        Assert.Equal([3], read.Unread);
        Assert.Equal("2", Text(read.Names["Y"]));
    }

    [Fact]
    public void What_is_not_plain_inside_a_value_leaves_the_rest_readable()
    {
        var read = PythonAssignments.Read("X = {\n 'a': f(1, [2]),\n 'b': [1, x.y, 3],\n 'c': 4}\n");

        Assert.Equal("{a:?,b:[1,?,3],c:4}", Text(read.Names["X"]));
        Assert.Equal([2, 3], read.Unread);
    }

    private static string Text(PythonValue value) =>
        value switch
        {
            PythonText text => text.Value,
            PythonNumber number => number.Value.ToString(CultureInfo.InvariantCulture),
            PythonBoolean boolean => boolean.Value.ToString(),
            PythonNone => "none",
            PythonList list => $"[{string.Join(',', list.Items.Select(Text))}]",
            PythonMap map => $"{{{string.Join(',', map.Entries.Select(entry => $"{Text(entry.Key)}:{Text(entry.Value)}"))}}}",
            _ => "?",
        };
}
