namespace HavenVlm.Build.Running;

/// <summary>Where a command writes: results to the output, progress to the error stream.</summary>
/// <param name="output">Results, for a person or a program.</param>
/// <param name="progress">What is going on.</param>
/// <param name="isTerminal">Whether somebody watches the progress: dots instead of lines.</param>
/// <param name="time">Measures what takes long.</param>
internal sealed class Screen(TextWriter output, TextWriter progress, bool isTerminal, TimeProvider time)
{
    private static readonly TimeSpan DotInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private bool _isInLine;

    /// <summary>The clock that everything shown is measured with.</summary>
    public TimeProvider Time => time;

    /// <summary>The streams of this process.</summary>
    public static Screen OfProcess() => new(Console.Out, Console.Error, !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>Writes a line of the result.</summary>
    public void Write(string line) => WriteTo(output, line);

    /// <summary>Writes a line about what is going on.</summary>
    public void Say(string line) => WriteTo(progress, line);

    /// <summary>Announces work and shows every few seconds that it is still alive.</summary>
    public async Task<T> WatchAsync<T>(string title, Func<Task<T>> work)
    {
        using var ended = new CancellationTokenSource();
        if (isTerminal)
        {
            WriteInLine(title + " ");
        }
        else
        {
            Say(title);
        }

        var ticks = TickAsync(ended.Token);
        try
        {
            return await work();
        }
        finally
        {
            await ended.CancelAsync();
            await ticks;
            lock (_gate)
            {
                EndLine();
            }
        }
    }

    private void WriteTo(TextWriter writer, string line)
    {
        lock (_gate)
        {
            EndLine();
            writer.WriteLine(line);
        }
    }

    private void WriteInLine(string text)
    {
        lock (_gate)
        {
            progress.Write(text);
            _isInLine = true;
        }
    }

    // Dots may be on the line where something else is to be written.
    private void EndLine()
    {
        if (_isInLine)
        {
            progress.WriteLine();
            _isInLine = false;
        }
    }

    private async Task TickAsync(CancellationToken ended)
    {
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(isTerminal ? DotInterval : LineInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                if (isTerminal)
                {
                    WriteInLine(".");
                }
                else
                {
                    Say($"... {time.GetElapsedTime(start).TotalSeconds:0} s");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }
    }
}
