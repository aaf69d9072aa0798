namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>Which filters the build of ffmpeg has; asked once, and only when it matters.</summary>
internal sealed class FfmpegFilters(FfmpegLocator locator)
{
    private volatile IReadOnlySet<string>? _names;

    /// <summary>Whether it has all of these.</summary>
    public async Task<bool> HasAllAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var known = _names ??= await ReadAsync(cancellationToken);
        return names.All(known.Contains);
    }

    // Each line of the list: flags, name, what goes in and out, what it does.
    private async Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var installation = await locator.FindAsync(cancellationToken);
        var list = await FfmpegQuery.AskAsync(installation.Ffmpeg, ["-hide_banner", "-filters"], cancellationToken);
        return list.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 2)
            .Select(words => words[1])
            .ToHashSet(StringComparer.Ordinal);
    }
}
