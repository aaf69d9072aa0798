using HavenVlm.Core.Common;
using HavenVlm.Local.Hosting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HavenVlm.Local.Commands.Progress;

/// <summary>A bar at the bottom of the terminal, with what is going on in words below it.</summary>
internal sealed class ProgressBar : ProgressView
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _notes;
    private readonly Task _display;
    private volatile ProgressStatus _status = new() { Stage = "starting" };

    public ProgressBar(Terminal terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Output) });
        _notes = terminal.ShowBar(console);
        _display = console
            .Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn(), new WordsColumn(this))
            .StartAsync(RunAsync);
    }

    public override void Show(ProgressStatus status) => _status = status;

    public override async ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        await _display;
        _notes.Dispose();
        await base.DisposeAsync();
    }

    private async Task RunAsync(ProgressContext context)
    {
        var task = context.AddTask("work", maxValue: 100);
        while (!_ended.Task.IsCompleted)
        {
            task.Value = Math.Min(_status.Percent, 99.9);
            await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));
        }
    }

    private sealed class WordsColumn(ProgressBar bar) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(LogText.Line(ProgressText.Line(bar._status))).Overflow(Overflow.Ellipsis);
    }
}
