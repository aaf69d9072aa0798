using HavenVlm.Core.Common;

namespace HavenVlm.Local.Commands.Progress;

/// <summary>Shows how far the work is: a bar to somebody who watches, lines to a log, nothing to a machine.</summary>
internal abstract class ProgressView : IAsyncDisposable
{
    /// <summary>Chooses how to show it.</summary>
    public static ProgressView Open(CommandContext context, bool asJson) =>
        asJson ? new NoProgress()
        : context.Terminal.IsInteractive ? new ProgressBar(context.Terminal)
        : new ProgressLines(context.Terminal, context.Time);

    /// <summary>Shows a state; called as often as there is one.</summary>
    public abstract void Show(ProgressStatus status);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class NoProgress : ProgressView
    {
        public override void Show(ProgressStatus status) { }
    }
}
