using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>Reads a log from its artifact. Lines that cannot be read are counted and skipped: the rest was paid for.</summary>
internal static class LogReader
{
    // No line that we write comes near; a damaged file may be one endless line.
    private const int LongestLine = 8 * 1024 * 1024;

    /// <summary>Everything in the log.</summary>
    /// <exception cref="NewerLogException">A newer program wrote it.</exception>
    public static async Task<LogContents> ReadAsync(string name, Stream stream, CancellationToken cancellationToken)
    {
        var contents = new LogContents();
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 32 * 1024, leaveOpen: true));
        try
        {
            await ReadLinesAsync(name, reader, contents, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            // A damaged compressed part: what was read before it stays.
            contents.UnreadableLines++;
        }
        finally
        {
            await reader.CompleteAsync();
        }

        return contents;
    }

    /// <summary>The first line, or null when it is missing or damaged.</summary>
    public static async Task<HeaderLine?> ReadHeaderAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        try
        {
            var line = await reader.ReadLineAsync(cancellationToken);
            return line is null ? null : JsonSerializer.Deserialize<HeaderLine>(line, HavenJson.Options);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            return null;
        }
    }

    private static async Task ReadLinesAsync(string name, PipeReader reader, LogContents contents, CancellationToken cancellationToken)
    {
        var skipping = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                if (!skipping && !TryAdd(name, buffer.Slice(0, end), contents))
                {
                    contents.UnreadableLines++;
                }

                skipping = false;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > LongestLine)
            {
                contents.UnreadableLines += skipping ? 0 : 1;
                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static bool TryAdd(string name, ReadOnlySequence<byte> line, LogContents contents)
    {
        try
        {
            var peek = new Utf8JsonReader(line);
            if (!peek.Read() || peek.TokenType != JsonTokenType.StartObject || !peek.Read() || peek.TokenType != JsonTokenType.PropertyName)
            {
                return false;
            }

            return peek.GetString() switch
            {
                "log" => AddHeader(name, Parse<HeaderLine>(line), contents),
                "vocabulary" => AddVocabulary(Parse<VocabularyLine>(line), contents),
                "t" => AddFrame(Parse<FrameLine>(line), contents),
                "from" => AddChanges(Parse<ChangesLine>(line), contents),
                "looks" => AddLooks(Parse<LooksLine>(line), contents),
                "forget" => AddForget(Parse<ForgetLine>(line), contents),
                _ => false,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return false;
        }
    }

    private static T? Parse<T>(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize<T>(ref reader, HavenJson.Options);
    }

    private static bool AddHeader(string name, HeaderLine? line, LogContents contents)
    {
        if (line?.Log > LogLines.Version)
        {
            throw new NewerLogException(name, line.Log);
        }

        if (line is null)
        {
            return false;
        }

        contents.Version = Math.Max(contents.Version ?? 0, line.Log);
        return true;
    }

    private static bool AddVocabulary(VocabularyLine? line, LogContents contents)
    {
        if (line?.Vocabulary is null || line.Tags is null || line.Tags.Values.Any(hash => hash is null))
        {
            return false;
        }

        contents.AddVocabulary(line.Vocabulary, new Vocabulary(line.Tags));
        return true;
    }

    private static bool AddFrame(FrameLine? line, LogContents contents)
    {
        if (line?.V is null || contents.FindVocabulary(line.V) is not { } vocabulary || line.Tags is null == line.Unanswered is null)
        {
            return false;
        }

        contents.AddFrame(line, vocabulary);
        return true;
    }

    private static bool AddChanges(ChangesLine? line, LogContents contents)
    {
        if (line?.Changes is null || line.Changes.Any(change => change is null))
        {
            return false;
        }

        contents.AddChanges(line);
        return true;
    }

    private static bool AddLooks(LooksLine? line, LogContents contents)
    {
        if (line?.Looks is null || line.Times is not { Count: > 0 })
        {
            return false;
        }

        contents.AddLooks(line);
        return true;
    }

    private static bool AddForget(ForgetLine? line, LogContents contents)
    {
        if (line?.Forget is null || line.Token is null)
        {
            return false;
        }

        contents.AddForget(line);
        return true;
    }
}
