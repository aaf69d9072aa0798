using HavenVlm.Core.Common;
using HavenVlm.Local.Hosting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HavenVlm.Local.Commands.Progress;

/// <summary>A bar at the bottom of the terminal, with what is going on in words below it.</summary>
internal sealed class ProgressBar : ProgressView
{
    // The bar, the percentage and the spinner with the spaces between the columns; the words get the rest of the line.
    private const int BarWidth = 24;
    private const int Beside = BarWidth + 14;
    private const int FewestWords = 12;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _notes;
    private readonly Task _display;
    private volatile ProgressStatus _status = new() { Stage = ProgressStage.Starting };

    /// <summary>Shows the bar until disposed.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="width">A terminal with so many columns that understands ANSI sequences; null = what it says of itself.</param>
    public ProgressBar(Terminal terminal, int? width = null)
    {
        var settings = new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Output) };
        if (width is not null)
        {
            settings.Ansi = AnsiSupport.Yes;
            settings.Interactive = InteractionSupport.Yes;
        }

        var console = AnsiConsole.Create(settings);
        console.Profile.Width = width ?? console.Profile.Width;
        _notes = terminal.ShowBar(console);
        _display = console
            .Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new SpinnerColumn(), new WordsColumn(this))
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
            new Text(Cut(LogText.Line(ProgressText.Line(bar._status)), Math.Max(options.ConsoleSize.Width - Beside, FewestWords)));

        // Cut here: a column that is too wide takes its width from the others, until the bar is a cell and the percentage wraps.
        private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
    }
}
