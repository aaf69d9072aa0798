using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Media.Nut;

namespace HavenVlm.Core.Tests.Media.Nut;

public sealed class NutReaderTests(MediaCorpus corpus)
{
    [Fact]
    public async Task Packets_of_two_streams_come_with_their_times()
    {
        var packets = await ReadAsync(new MemoryStream(await SampleAsync()));

        Assert.Equal(100, packets.Count);
        for (var i = 0; i < packets.Count; i++)
        {
            Assert.Equal(i % 2, packets[i].Stream);
            Assert.Equal(TimeSpan.FromMilliseconds(i / 2 * 40), packets[i].Time);
        }

        Assert.All(packets.Where(packet => packet.Stream == 1), packet => Assert.Equal(160 * 96, packet.Data.Length));
        Assert.All(packets.Where(packet => packet.Stream == 0), packet => Assert.Equal((160, 96), JpegSize.Of(packet.Data)));
    }

    [Fact]
    public async Task A_stream_that_drips_reads_the_same()
    {
        var bytes = await SampleAsync();

        var whole = await ReadAsync(new MemoryStream(bytes));
        var dripped = await ReadAsync(new DrippingStream(bytes, 7));

        Assert.Equal(whole.Select(packet => packet.Time), dripped.Select(packet => packet.Time));
        Assert.Equal(whole.SelectMany(packet => packet.Data), dripped.SelectMany(packet => packet.Data));
    }

    [Fact]
    public async Task A_stream_that_is_cut_off_ends_with_its_last_whole_packet()
    {
        var bytes = await SampleAsync();
        var whole = await ReadAsync(new MemoryStream(bytes));

        for (var length = 0; length < bytes.Length; length += 997)
        {
            var packets = await ReadAsync(new MemoryStream(bytes[..length]));
            Assert.Equal(whole.Take(packets.Count).Select(packet => packet.Time), packets.Select(packet => packet.Time));
        }
    }

    [Fact]
    public async Task Damage_is_never_worse_than_an_error()
    {
        var bytes = await SampleAsync();
        var flips = from position in Gen.Choose(0, 1500) from value in Gen.Choose(0, 255) select (position, value);

        Prop.ForAll(
                Gen.ListOf(flips, 4).ToArbitrary(),
                damage =>
                {
                    var copy = bytes[..20_000].ToArray();
                    foreach (var (position, value) in damage)
                    {
                        copy[position] = (byte)value;
                    }

                    try
                    {
                        ReadAsync(new MemoryStream(copy)).GetAwaiter().GetResult();
                    }
                    catch (Exception e) when (e is InvalidDataException or OverflowException)
                    {
                        // That is what the extractor expects.
                    }
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static async Task<List<NutPacket>> ReadAsync(Stream stream)
    {
        await using var reader = new NutReader(stream);
        var packets = new List<NutPacket>();
        while (await reader.ReadAsync(CancellationToken.None) is { } packet)
        {
            packets.Add(packet);
        }

        return packets;
    }

    private async Task<byte[]> SampleAsync() =>
        await File.ReadAllBytesAsync(
            await corpus.Make(
                "sample.nut",
                2,
                "-filter_complex",
                "[0]split[a][b];[a]format=yuvj420p[a];[b]format=gray[b]",
                "-map",
                "[a]",
                "-map",
                "[b]",
                "-c:v:0",
                "mjpeg",
                "-c:v:1",
                "rawvideo",
                "-enc_time_base",
                "1:1000000"
            )
        );

    private sealed class DrippingStream(byte[] bytes, int portion) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(portion, buffer.Length)], cancellationToken);
    }
}
