using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>
/// Requests that are carried out whether or not their clients still wait: those that were kept, and changes that wait for the database's
/// write lock, as they do in Stash.
/// </summary>
internal sealed class LateRequests
{
    private readonly Lock _guard = new();
    private readonly List<Func<Task>> _kept = [];
    private readonly List<Task> _waiting = [];
    private TaskCompletionSource? _writeLock;

    /// <summary>How many changes wait for the write lock.</summary>
    public int Waiting
    {
        get
        {
            lock (_guard)
            {
                return _waiting.Count(task => !task.IsCompleted);
            }
        }
    }

    /// <summary>The body of a request; it can be read again.</summary>
    public static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        context.Request.Body = new MemoryStream(buffer.ToArray());
        return buffer.ToArray();
    }

    /// <summary>The request once more, with nobody who waits for the answer.</summary>
    public static HttpContext Copy(HttpContext context, byte[] body)
    {
        var copy = new DefaultHttpContext { RequestServices = context.RequestServices };
        var (from, to) = (context.Request, copy.Request);
        (to.Method, to.Scheme, to.Host, to.Path, to.QueryString) = (from.Method, from.Scheme, from.Host, from.Path, from.QueryString);
        foreach (var header in from.Headers)
        {
            to.Headers[header.Key] = header.Value;
        }

        to.Body = new MemoryStream(body);
        copy.Response.Body = new MemoryStream();
        copy.SetEndpoint(context.GetEndpoint());
        return copy;
    }

    /// <summary>Keeps a request for <see cref="CarryOutAsync"/>.</summary>
    public void Keep(HttpContext context, RequestDelegate next, byte[] body)
    {
        var copy = Copy(context, body);
        lock (_guard)
        {
            _kept.Add(() => next(copy));
        }
    }

    /// <summary>Carries out what was kept, in order; returns how many requests that were.</summary>
    public async Task<int> CarryOutAsync()
    {
        List<Func<Task>> due;
        lock (_guard)
        {
            due = [.. _kept];
            _kept.Clear();
        }

        foreach (var request in due)
        {
            await request();
        }

        return due.Count;
    }

    /// <summary>Makes changes wait until <see cref="UnlockWritesAsync"/>.</summary>
    public void LockWrites()
    {
        lock (_guard)
        {
            _writeLock ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Carries out what waited, also for clients that are gone.</summary>
    public async Task UnlockWritesAsync()
    {
        List<Task> all;
        lock (_guard)
        {
            _writeLock?.SetResult();
            _writeLock = null;
            all = [.. _waiting];
            _waiting.Clear();
        }

        await Task.WhenAll(all);
    }

    /// <summary>Passes a request on, a change when the lock is free.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next, byte[] body)
    {
        if (!TryWaitForLock(context, next, body, out var run))
        {
            await next(context);
            return;
        }

        var answer = await run.WaitAsync(context.RequestAborted);
        context.Response.StatusCode = answer.Response.StatusCode;
        context.Response.ContentType = answer.Response.ContentType;
        await context.Response.Body.WriteAsync(((MemoryStream)answer.Response.Body).ToArray(), context.RequestAborted);
    }

    private bool TryWaitForLock(HttpContext context, RequestDelegate next, byte[] body, out Task<HttpContext> run)
    {
        lock (_guard)
        {
            if (_writeLock is null || !System.Text.Encoding.UTF8.GetString(body).Contains("\"mutation", StringComparison.Ordinal))
            {
                run = Task.FromResult(context);
                return false;
            }

            run = RunAsync(_writeLock.Task, Copy(context, body), next);
            _waiting.Add(run);
            return true;
        }
    }

    private static async Task<HttpContext> RunAsync(Task free, HttpContext copy, RequestDelegate next)
    {
        await free;
        await next(copy);
        return copy;
    }
}
