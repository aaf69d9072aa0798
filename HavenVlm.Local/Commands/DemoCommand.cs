using System.CommandLine;
using HavenVlm.Local.Demo;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven demo</c>: everything at work without a Stash and without a model.</summary>
internal static class DemoCommand
{
    public static Command Create(CommandContext context)
    {
        var defaults = new DemoSettings();
        var exit = new Option<bool>("--exit") { Description = "Ends when the work is done instead of leaving the server running." };
        var stash = Choice("--stash", "The simulated Stash: of 2023 (old) or of 2026 (new).", defaults.Stash, "old", "new");
        var latency = Number(
            "--latency",
            "MS",
            "How long the simulated model takes for an answer, in milliseconds.",
            defaults.Latency,
            0,
            60_000
        );
        var slots = Number("--slots", "N", "How many requests the simulated model serves at once.", defaults.Slots, 1, 256);
        var errors = new Option<double>("--errors")
        {
            Description = "The share of requests that go wrong: 500s, 429s, broken connections, empty and garbled replies. 0 to 0.9.",
            HelpName = "SHARE",
            DefaultValueFactory = _ => defaults.Errors,
        };
        errors.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !(double.TryParse(token.Value, out var share) && share is >= 0 and <= 0.9))
            {
                result.AddError("--errors is a share from 0 to 0.9, such as 0.1 for every tenth request.");
            }
        });
        var replies = Choice("--replies", "How the simulated model replies.", defaults.Replies, [.. DemoSettings.ReplyNames.Keys]);
        var sampling = Choice("--sampling", "How times are chosen.", defaults.Sampling, "linear", "adaptive");
        var command = new Command(
            "demo",
            "Shows everything at work: sample videos, a simulated Stash and a simulated model that sees pictures."
        )
        {
            exit,
            stash,
            latency,
            slots,
            errors,
            replies,
            sampling,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var settings = new DemoSettings
                {
                    Exit = parsed.GetValue(exit),
                    Stash = parsed.GetValue(stash)!,
                    Latency = parsed.GetValue(latency),
                    Slots = parsed.GetValue(slots),
                    Errors = parsed.GetValue(errors),
                    Replies = parsed.GetValue(replies)!,
                    Sampling = parsed.GetValue(sampling)!,
                };
                return new DemoRun(settings, context).RunAsync(cancellationToken);
            }
        );
        return command;
    }

    private static Option<string> Choice(string name, string description, string value, params string[] choices)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => value };
        option.AcceptOnlyFromAmong(choices);
        return option;
    }

    private static Option<int> Number(string name, string unit, string description, int value, int least, int most)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = unit,
            DefaultValueFactory = _ => value,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !(int.TryParse(token.Value, out var number) && number >= least && number <= most))
            {
                result.AddError($"{name} is a whole number from {least} to {most}.");
            }
        });
        return option;
    }
}
