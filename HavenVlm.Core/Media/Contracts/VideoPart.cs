namespace HavenVlm.Core.Media.Contracts;

/// <summary>A part of a file in which the clock runs on: files that were joined together have one for each.</summary>
/// <param name="Start">Its first byte in the file.</param>
/// <param name="End">The first byte behind it.</param>
/// <param name="From">When it begins, from the first picture of the file on.</param>
/// <param name="Facts">Its own facts, as if it were a file of its own.</param>
public sealed record VideoPart(long Start, long End, TimeSpan From, VideoFacts Facts);
