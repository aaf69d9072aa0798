using HavenVlm.Core.Common;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>A newer Haven VLM wrote the log; guessing at it could pay for answers twice or misread them.</summary>
internal sealed class NewerLogException(string name, int version)
    : PermanentFailureException(
        $"The analysis log {name} was written by a newer Haven VLM (format {version}, this one reads up to {LogLines.Version}). "
            + "Update Haven VLM, or ask with --force to begin a new log."
    );
