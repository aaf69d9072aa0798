using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Whether Stash answers, what it is, and whether it answers strangers too.</summary>
internal sealed class StashCheck(StashClient stash, StashProbe stashProbe, bool isContainer) : ISystemCheck
{
    private const string Subject = "Stash";

    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await CheckAsync(options.Stash.Url, cancellationToken);
        yield return found;
        if (found.Kind == FindingKind.Good)
        {
            yield return await CheckPasswordAsync(cancellationToken);
        }
    }

    private async Task<Finding> CheckAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            var schema = await stash.SchemaAsync(cancellationToken);
            var library = await stash.StatisticsAsync(cancellationToken);
            return Finding.Good(Subject, $"version {schema.Version} at {url}, {library.SceneCount} scenes, {library.ImageCount} images");
        }
        catch (StashException e)
        {
            return Finding.Failed(Subject, e.Message);
        }
        catch (StashUnavailableException e)
        {
            return Finding.Failed(Subject, e.Message + await SuggestAddressAsync(url, cancellationToken));
        }
    }

    private async Task<string> SuggestAddressAsync(string url, CancellationToken cancellationToken)
    {
        var container =
            isContainer && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback
                ? $" In a container {uri.Host} is the container itself: use the name of Stash's service (http://stash:{uri.Port}) when both are in one "
                    + $"compose file, else http://{ContainerRuntime.HostName}:{uri.Port} or the address of the machine."
                : "";
        var found = await stashProbe.FindAsync(StashProbe.UsualAddresses(isContainer), cancellationToken);
        return found is null ? container : $"{container} Stash answers at {found.Url}: is that the one that stash.url is to name?";
    }

    private async Task<Finding> CheckPasswordAsync(CancellationToken cancellationToken)
    {
        const string PasswordSubject = "Stash's password";
        try
        {
            return await stash.AllowsAnonymousAsync(cancellationToken)
                ? Finding.Warning(
                    PasswordSubject,
                    "none is set: everybody on its network, and every web page that somebody there opens, can read and change the library. "
                        + "Set one in Stash under Settings > Security, and put the API key made there into stash.apiKey."
                )
                : Finding.Good(PasswordSubject, "is set: strangers get no answer");
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            return Finding.Skipped(PasswordSubject, e.Message);
        }
    }
}
