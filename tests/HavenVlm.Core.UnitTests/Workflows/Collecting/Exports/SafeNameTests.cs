using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Workflows.Collecting.Exports;

namespace HavenVlm.Core.UnitTests.Workflows.Collecting.Exports;

/// <summary>Whatever a tag is called, its folder can be made on every system, and no two tags share one.</summary>
public sealed class SafeNameTests
{
    [Theory]
    [InlineData("Kissing")]
    [InlineData("Arms up (standing)")]
    [InlineData("v1.2, +extra")]
    public void A_plain_name_stays_as_it_is(string name) => Assert.Equal(name, SafeName.Of(name));

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("con")]
    [InlineData("NUL.txt")]
    [InlineData("COM1")]
    [InlineData("a/b\\c:d*e?f\"g<h>i|j")]
    [InlineData("ends with a dot.")]
    [InlineData(" spaces ")]
    [InlineData("line\nbreak\0null")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("ключ ключ ключ ключ ключ ключ ключ ключ ключ ключ ключ ключ ключ ключ")]
    public void A_hostile_name_becomes_one_harmless_component(string name)
    {
        var safe = SafeName.Of(name);

        Assert.DoesNotContain(safe, c => "/\\:*?\"<>|".Contains(c) || char.IsControl(c));
        Assert.NotEqual(name, safe);
        Assert.False(safe.EndsWith('.') || safe.EndsWith(' ') || safe.StartsWith(' ') || safe is "." or "..");
        Assert.DoesNotContain(safe.Split('.')[0].ToUpperInvariant(), (string[])["CON", "NUL", "COM1"]);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(safe), 1, 100);
    }

    [Theory]
    [InlineData("a/b", "a\\b")]
    [InlineData("É", "é")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("con", "_con")]
    public void Different_names_stay_different_also_where_case_does_not_count(string a, string b) =>
        Assert.NotEqual(SafeName.Of(a), SafeName.Of(b), StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void Any_name_is_one_component_that_depends_on_nothing_else() =>
        Prop.ForAll<string>(name =>
            {
                var safe = SafeName.Of(name ?? "");
                return safe.Length > 0
                    && safe == SafeName.Of(name ?? "")
                    && safe == Path.GetFileName(safe)
                    && safe.IndexOfAny(['/', '\\', ':', '\0']) < 0
                    && safe is not ("." or "..");
            })
            .QuickCheckThrowOnFailure();
}
