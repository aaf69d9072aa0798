using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Core.UnitTests.Workflows;

/// <summary>Histories, journals and artifacts hold messages as text: what earlier versions wrote is read, and written the same.</summary>
public sealed class KeptMessagesTests
{
    public static TheoryData<Type, string> Kept =>
        new()
        {
            { typeof(TagSceneInput), """{"sceneId":"007","byName":true,"forceToken":"","dryRun":false,"reset":false}""" },
            {
                typeof(PrepareSceneInput),
                """{"instanceId":"scene-12","run":"20240102t030405678","sceneId":"12","byName":false,"forceToken":"","dryRun":false}"""
            },
            { typeof(AnalyzeFramesInput), """{"instanceId":"scene-12","snapshot":"s","plan":"p","chunk":3}""" },
            { typeof(PublishSceneInput), """{"instanceId":"scene-12","snapshot":"s","dryRun":false,"reset":true}""" },
            { typeof(MarkErroredInput), """{"instanceId":"scene 12","sceneId":"12","reason":"no file"}""" },
            { typeof(ReleaseSceneInput), """{"sceneId":"12"}""" },
            {
                typeof(SceneRequest),
                """{"selection":"named","sceneIds":["12","007"],"filter":"","forceToken":"","dryRun":false,"reset":false,"newOnly":false}"""
            },
            { typeof(RequestInput), """{"instanceId":"scenes-1"}""" },
            { typeof(SceneFailure), """{"sceneId":"12","reason":"no file","title":"Harbor"}""" },
            { typeof(RunningScene), """{"sceneId":"12","since":"2024-01-02T03:04:05+00:00","joined":true,"byName":false}""" },
            { typeof(RequestRetry), """{"begun":4,"own":["12","13"]}""" },
            { typeof(ImageRequest), """{"imageIds":["7","8"],"forceToken":"","dryRun":false,"reset":false,"newOnly":false}""" },
            { typeof(ImageRequest), """{"forceToken":"","dryRun":false,"reset":false,"newOnly":true}""" },
            { typeof(ImageRunInput), """{"instanceId":"images-1","run":"r"}""" },
            { typeof(ImageChunkInput), """{"instanceId":"images-1","run":"r","chunk":2}""" },
            { typeof(AnalyzeImagesInput), """{"instanceId":"images-1","run":"r","chunk":2,"giveUpMedia":true}""" },
            { typeof(FailImagesInput), """{"instanceId":"images-1","run":"r","chunk":2,"reason":"no"}""" },
            { typeof(ReleaseImagesInput), """{"instanceId":"images-1","next":2}""" },
            { typeof(ImageFailure), """{"imageId":"7","reason":"no file"}""" },
            { typeof(FindMarkerSettingsInput), """{"sceneId":"12","started":{"sceneId":"12","requestId":"scenes-tune-1"}}""" },
            { typeof(FindMarkerSettingsInput), "{}" },
            { typeof(StartTuningInput), """{"instanceId":"marker-settings-1","run":"r"}""" },
            { typeof(FindSettingsInput), """{"instanceId":"marker-settings-1","sceneId":"12"}""" },
            { typeof(SweepInput), """{"requests":["scenes-sweep-1-tag","images-sweep-1"]}""" },
            { typeof(StartSweepOutput), """{"requests":["scenes-sweep-1-tag"],"running":["scenes-1"]}""" },
            { typeof(SweepOutput), """{"requests":[]}""" },
            { typeof(SnapshotUndoInput), """{"instanceId":"undo-1"}""" },
            { typeof(UndoSubjectsInput), """{"instanceId":"undo-1","from":5}""" },
            { typeof(CollectStepInput), """{"instanceId":"incorrect-1"}""" },
            { typeof(CollectChunkInput), """{"instanceId":"incorrect-1","from":5}""" },
        };

    [Theory]
    [MemberData(nameof(Kept))]
    public void Messages_of_earlier_versions_are_read_and_written_the_same(Type type, string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type, HavenJson.Options), type, HavenJson.Options));

    [Fact]
    public void Lists_of_ids_are_the_lists_of_texts_that_they_were() =>
        Assert.Equal("""["12","007"]""", JsonSerializer.Serialize(Read<SceneId[]>("""["12","007"]"""), HavenJson.Options));

    [Theory]
    [InlineData(ProgressStage.Starting, "starting")]
    [InlineData(ProgressStage.Preparing, "preparing")]
    [InlineData(ProgressStage.Analyzing, "analyzing")]
    [InlineData(ProgressStage.Waiting, "waiting")]
    [InlineData(ProgressStage.Publishing, "publishing")]
    [InlineData(ProgressStage.Exporting, "exporting")]
    [InlineData(ProgressStage.Undoing, "undoing")]
    [InlineData(ProgressStage.Done, "done")]
    [InlineData(ProgressStage.Failed, "failed")]
    public void A_stage_has_one_name_for_every_reader(ProgressStage stage, string name)
    {
        var json = JsonSerializer.SerializeToElement(new ProgressStatus { Stage = stage }, HavenJson.Options);

        Assert.Equal(name, json.GetProperty("stage").GetString());
        Assert.Equal(name, EnumText.Of(stage));
        Assert.Equal(stage, json.Deserialize<ProgressStatus>(HavenJson.Options)!.Stage);
    }

    [Theory]
    [InlineData(TagSceneOutcome.Tagged, "tagged")]
    [InlineData(TagSceneOutcome.Unchanged, "unchanged")]
    [InlineData(TagSceneOutcome.DryRun, "dryRun")]
    [InlineData(TagSceneOutcome.Skipped, "skipped")]
    [InlineData(TagSceneOutcome.Continued, "continued")]
    public void An_outcome_has_one_name_for_every_reader(TagSceneOutcome outcome, string name)
    {
        var json = JsonSerializer.SerializeToElement(new TagSceneOutput { Outcome = outcome }, HavenJson.Options);

        Assert.Equal(name, json.GetProperty("outcome").GetString());
        Assert.Equal(outcome, json.Deserialize<TagSceneOutput>(HavenJson.Options)!.Outcome);
    }

    [Theory]
    [InlineData("\"verifying\"")]
    [InlineData("\"\"")]
    [InlineData("\"3\"")]
    [InlineData("3")]
    [InlineData("null")]
    [InlineData("""{"name":"verifying","of":[1,2]}""")]
    public void What_only_a_newer_version_knows_fails_nothing(string value)
    {
        var status = Read<ProgressStatus>($$"""{"stage":{{value}},"framesDone":7}""");
        var output = Read<TagSceneOutput>($$"""{"outcome":{{value}},"frames":7}""");

        Assert.Equal((ProgressStage.Working, 7), (status.Stage, status.FramesDone));
        Assert.Equal((TagSceneOutcome.Other, 7), (output.Outcome, output.Frames));
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, HavenJson.Options)!;
}
