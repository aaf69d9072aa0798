using System.Globalization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers.Smoothing;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis.Learning;

/// <summary>
/// Keeps what scenes teach about a model: an artifact for each scene, and their sums. A scene that is analyzed again replaces what it added;
/// a crash in between neither loses nor doubles it.
/// </summary>
internal sealed class LearningStore(IArtifactStore store)
{
    private const string Consequence = "How often the model errs is learned again from the next scenes.";

    /// <summary>What scenes have in common that learn from each other: model, question and picture size, but not the tags.</summary>
    public static string KeyOf(string model, VlmQuestion question, int maxImageSize) =>
        ContentHash.Of(16, model, QuestionHash.Of(question, maxImageSize.ToString(CultureInfo.InvariantCulture)));

    /// <summary>What was learned so far. Sums that cannot be read are set aside and count as nothing.</summary>
    public async Task<Learned> ReadAsync(string key, CancellationToken cancellationToken) =>
        await ReadSumsAsync(key, cancellationToken) is { } sums ? new Learned(sums.Number, sums.Statistics) : Learned.Nothing;

    /// <summary>Puts what a video's answers came to into the sums, in place of what the same video added before.</summary>
    /// <param name="key">See <see cref="KeyOf"/>.</param>
    /// <param name="fingerprint">The video.</param>
    /// <param name="run">The run that found it.</param>
    /// <param name="counted">What its answers came to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AddAsync(string key, string fingerprint, string run, SmoothingStatistics counted, CancellationToken cancellationToken)
    {
        await using var alone = await store.LockAsync($"learning-{key}", cancellationToken);
        var name = $"learning/{key}/videos/{ContentHash.Of(32, fingerprint)}.json";
        var read = await store.ReadSoundJsonAsync<SceneCounts>(name, scene => scene.IsSound, Consequence, cancellationToken);
        var scene = read.Value ?? new SceneCounts();
        if (scene.Pending is not null)
        {
            scene = await SettleAsync(key, name, scene, cancellationToken);
        }

        scene = scene with { Pending = counted, Token = ContentHash.Of(16, fingerprint, run) };
        await WriteAsync(name, scene, cancellationToken);
        await SettleAsync(key, name, scene, cancellationToken);
    }

    private async Task<SceneCounts> SettleAsync(string key, string name, SceneCounts scene, CancellationToken cancellationToken)
    {
        var sums =
            await ReadSumsAsync(key, cancellationToken) ?? new LearnedSums { Epoch = scene.Token, Statistics = new SmoothingStatistics() };
        if (!sums.Tokens.Contains(scene.Token, StringComparer.Ordinal))
        {
            sums = sums.With(scene);
            await WriteAsync(SumsName(key), sums, cancellationToken);
        }

        scene = scene with { Epoch = sums.Epoch, Added = scene.Pending!, Pending = null };
        await WriteAsync(name, scene, cancellationToken);
        return scene;
    }

    private static string SumsName(string key) => $"learning/{key}/sums.json";

    private async Task<LearnedSums?> ReadSumsAsync(string key, CancellationToken cancellationToken) =>
        (await store.ReadSoundJsonAsync<LearnedSums>(SumsName(key), sums => sums.IsSound, Consequence, cancellationToken)).Value;

    private Task WriteAsync<T>(string name, T value, CancellationToken cancellationToken)
        where T : class => store.UpdateJsonAsync<T>(name, _ => value, cancellationToken);
}
