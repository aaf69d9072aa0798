using System.Net;

namespace HavenVlm.Local.Server;

/// <summary>Why there is no real server yet.</summary>
/// <param name="Errors">The errors of the configuration, each with file, line and key.</param>
/// <param name="NextStep">What to do.</param>
internal sealed record WaitingReason(IReadOnlyList<string> Errors, string NextStep);

/// <summary>The page that is shown until the configuration is valid; reloads itself every five seconds.</summary>
internal static class WaitingPage
{
    private const string Style = """
        :root { color-scheme: light dark; --ground: #f4f5f2; --card: #fff; --ink: #18231f; --soft: #55635d; --edge: #dbe1dc; --wait: #7a5200; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #10161a; --card: #182126; --ink: #e8efec; --soft: #a0b0ab; --edge: #2b383e; --wait: #f0c66f; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 46rem; margin: 0 auto; padding: clamp(1.5rem, 8vh, 6rem) 1.25rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
        ul { list-style: none; margin: 0 0 1.25rem; padding: 0; background: var(--card); border: 1px solid var(--edge); border-radius: 14px; }
        li { padding: .75rem 1rem; font-family: ui-monospace, monospace; font-size: .92rem; overflow-wrap: anywhere; white-space: pre-wrap; }
        li + li { border-top: 1px solid var(--edge); }
        p { margin: 0 0 .75rem; overflow-wrap: anywhere; }
        .soft { color: var(--soft); }
        .state { color: var(--wait); font-weight: 600; }
        """;

    /// <summary>The page as HTML.</summary>
    /// <param name="reason">What it shows.</param>
    /// <param name="nonce">Allows its one style sheet.</param>
    public static string Write(WaitingReason reason, string nonce)
    {
        var errors = string.Concat(reason.Errors.Select(error => $"<li>{WebUtility.HtmlEncode(error)}</li>"));
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="refresh" content="5">
            <title>Haven VLM: waiting for a configuration</title>
            <style nonce="{nonce}">
            {Style}
            </style>
            </head>
            <body>
            <main>
            <p class="state">Waiting for a configuration</p>
            <h1>Haven VLM cannot start yet</h1>
            <ul>{errors}</ul>
            <p>{WithCode(reason.NextStep)}</p>
            <p class="soft">Haven VLM starts by itself when the file is valid. This page reloads every five seconds.</p>
            </main>
            </body>
            </html>
            """;
    }

    // Commands are between backticks, as on the terminal.
    private static string WithCode(string text) =>
        string.Concat(
            text.Split('`')
                .Select((part, index) => index % 2 == 0 ? WebUtility.HtmlEncode(part) : $"<code>{WebUtility.HtmlEncode(part)}</code>")
        );
}
