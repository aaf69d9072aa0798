namespace HavenVlm.Core.Api;

/// <summary>Does what messages of the request queue ask for.</summary>
internal sealed class QueuedRequests(SceneRequests scenes, SweepRequests sweeps)
{
    /// <summary>Does what a message asks for; the same message again starts nothing twice.</summary>
    /// <param name="message">See <see cref="QueuedRequest"/>.</param>
    /// <param name="messageId">The queue's id of the message; null = unknown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">It is not understood; what is wrong is in the exception's message.</exception>
    public async Task TakeAsync(string message, string? messageId, CancellationToken cancellationToken)
    {
        try
        {
            var request = QueuedRequest.Parse(message);
            if (request.Sweep)
            {
                await sweeps.StartAsync(cancellationToken);
                return;
            }

            await scenes.StartAsync(request.ToScenes(), request.Update, messageId, cancellationToken);
        }
        catch (ApiException e)
        {
            throw new FormatException($"{e.Title}: {e.Message}", e);
        }
    }
}
