using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.UnitTests.Media.Contracts;

public sealed class FrameSignatureTests
{
    private const int Side = FrameSignature.Side;

    [Fact]
    public void A_picture_is_the_same_as_itself()
    {
        var picture = Picture((x, y) => x * y % 256);

        Assert.True(picture.LooksSameAs(picture));
        Assert.Equal(0, picture.DifferenceTo(picture));
    }

    [Fact]
    public void Encoder_noise_is_no_difference()
    {
        var random = new Random(7);
        var picture = Picture((x, y) => 40 + (x * 5));
        var noisy = Picture((x, y) => 40 + (x * 5) + random.Next(-2, 3));

        Assert.True(picture.LooksSameAs(noisy));
        Assert.Equal(0, picture.DifferenceTo(noisy));
    }

    [Fact]
    public void A_small_thing_that_moved_is_a_difference()
    {
        var before = Picture((x, y) => x is >= 10 and < 13 && y is >= 10 and < 13 ? 140 : 100);
        var after = Picture((x, y) => x is >= 12 and < 15 && y is >= 10 and < 13 ? 140 : 100);

        Assert.False(before.LooksSameAs(after));
        Assert.InRange(before.DifferenceTo(after), 0, 0.02);
    }

    [Fact]
    public void A_slow_fade_is_a_difference()
    {
        var before = Picture((x, y) => 100);
        var after = Picture((x, y) => 103);

        Assert.False(before.LooksSameAs(after));
    }

    [Fact]
    public void Black_and_white_differ_in_everything()
    {
        Assert.Equal(1, Picture((x, y) => 0).DifferenceTo(Picture((x, y) => 255)));
    }

    [Fact]
    public void A_color_of_equal_brightness_is_a_difference()
    {
        var red = Picture((x, y) => 76, (x, y) => 85, (x, y) => 255);
        var green = Picture((x, y) => 76, (x, y) => 85, (x, y) => 74);

        Assert.False(red.LooksSameAs(green));
        Assert.Equal(1, red.DifferenceTo(green));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_small_thing_of_another_color_is_a_difference(int plane)
    {
        var gray = Picture((x, y) => 100);
        Func<int, int, int> thing = (x, y) => x is >= 10 and < 13 && y is >= 10 and < 13 ? 150 : 128;
        var colored = Picture((x, y) => 100, plane == 1 ? thing : null, plane == 2 ? thing : null);

        Assert.False(gray.LooksSameAs(colored));
        Assert.InRange(gray.DifferenceTo(colored), 0.001, 0.02);
    }

    [Fact]
    public void Encoder_noise_in_color_is_no_difference()
    {
        var random = new Random(7);
        var picture = Picture((x, y) => 100, (x, y) => 60 + (x * 4), (x, y) => 200 - (y * 4));
        var noisy = Picture((x, y) => 100, (x, y) => 60 + (x * 4) + random.Next(-2, 3), (x, y) => 200 - (y * 4) + random.Next(-2, 3));

        Assert.True(picture.LooksSameAs(noisy));
        Assert.Equal(0, picture.DifferenceTo(noisy));
    }

    private static FrameSignature Picture(
        Func<int, int, int> gray,
        Func<int, int, int>? blueDifference = null,
        Func<int, int, int>? redDifference = null
    ) => new((byte[])[.. Plane(gray), .. Plane(blueDifference), .. Plane(redDifference)]);

    private static IEnumerable<byte> Plane(Func<int, int, int>? level) =>
        Enumerable.Range(0, Side * Side).Select(i => (byte)Math.Clamp(level?.Invoke(i % Side, i / Side) ?? 128, 0, 255));
}
