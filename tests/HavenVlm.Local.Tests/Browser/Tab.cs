using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace HavenVlm.Local.Tests.Browser;

/// <summary>A browser's tab that remembers everything that went wrong in it and everything that it asked the network for.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly ConcurrentQueue<IRequest> _requests = new();

    private Tab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _troubles.Enqueue($"{message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _troubles.Enqueue($"exception: {error}");
        page.Request += (_, request) => _requests.Enqueue(request);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console (a violated Content-Security-Policy is one), and exceptions nobody caught.</summary>
    public IReadOnlyList<string> Troubles => [.. _troubles];

    public IReadOnlyList<IRequest> Requests => [.. _requests];

    public static async Task<Tab> InAsync(IBrowserContext context)
    {
        context.SetDefaultTimeout(30_000);
        return new Tab(context, await context.NewPageAsync());
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
