namespace HavenVlm.Core.Common;

/// <summary>A stretch of a video: [From, To).</summary>
internal readonly record struct TimeRange(TimeSpan From, TimeSpan To);
