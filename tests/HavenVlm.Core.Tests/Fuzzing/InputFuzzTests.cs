using System.Text;
using System.Text.Json;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Fuzzing;

/// <summary>What people, disks and callers may give us, made bad: it is refused with its reason, and nothing else happens.</summary>
public sealed class InputFuzzTests
{
    private const int Seed = 20261124;

    private static readonly string[] Yaml =
    [
        .. "{ } [ ] : # - ? | > & * ! % @ ` \" ' , ~ null true 1e999 .inf -1 0x1 &a *a <<: --- ... !!binary !!python/object".Split(' '),
        "\n",
        "\n  ",
        "\t",
        "\u0000",
        "\u2028",
        "\ud800",
        "&a [*a,*a]",
    ];

    private static readonly string[] Json =
    [
        .. "{ } [ ] : , \" \\ \\u0000 \\ud800 null true 1e999 -0 99999999999999999999 \"sceneIds\" \"t\" \"v\" \"tags\" // /*".Split(' '),
        "\n",
        "\u0000",
        "\ud800",
    ];

    private static readonly string[] Log =
    [
        """{"log":1,"scene":"1"}""",
        """{"vocabulary":"a","tags":{"Kissing":"1","Hugging":"2"}}""",
        """{"t":0,"v":"a","tags":{"Kissing":0.9}}""",
        """{"t":2.5,"v":"a","tags":{},"kind":"Logprobs","unknown":1}""",
        """{"t":4,"v":"a","unanswered":"it was refused"}""",
        """{"from":0,"changes":[1,2,3]}""",
        """{"looks":[],"times":[1]}""",
        """{"forget":[1],"token":"x"}""",
    ];

    [Fact]
    public void A_configuration_is_read_or_refused_with_every_mistake_named()
    {
        var sample = File.ReadAllText(Path.Combine(SourceFolder.Root, "haven.sample.yaml"));
        var random = new Random(Seed);
        for (var i = 0; i < Mutations.Count(1500); i++)
        {
            var text = Mutations.Of(sample, Yaml, random);
            try
            {
                _ = ConfigurationLoader.LoadText(text, "haven.yaml", Configurations.Folder, new Dictionary<string, string>());
            }
            catch (ConfigurationException e)
            {
                Assert.NotEmpty(e.Errors);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"input {i}: {e.Message}\n{text}", e);
            }
        }
    }

    [Fact]
    public async Task A_log_gives_what_is_left_of_it()
    {
        var good = string.Join('\n', Log.Concat(Log.Skip(2)).Concat(Log.Skip(2))) + "\n";
        var random = new Random(Seed);
        var read = 0;
        for (var i = 0; i < Mutations.Count(20_000); i++)
        {
            var bytes = Encoding.UTF8.GetBytes(Mutations.Of(good, Json, random));
            if (bytes.Length > 0 && i % 3 == 0)
            {
                // Not text any more.
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                var contents = await LogReader.ReadAsync("fuzzed", new MemoryStream(bytes), CancellationToken.None);
                _ = await LogReader.ReadHeaderAsync(new MemoryStream(bytes), CancellationToken.None);
                read += contents.Version is null ? 0 : 1;
            }
            catch (NewerLogException)
            {
                // A number that was made larger: a newer program's log is left alone.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"input {i}: {e.Message}\n{Encoding.UTF8.GetString(bytes)}", e);
            }
        }

        Assert.True(read > 1000, $"{read} were still logs");
    }

    [Fact]
    public void A_body_is_read_or_refused_as_a_mistake_of_the_caller()
    {
        const string Good = """
            {"sceneIds":["1","2"],"filter":"","force":false,"dryRun":true,"reset":false,"imageIds":["1"],"all":true,"sceneId":"1",
            "args":{"hookContext":{"type":"Scene.Update.Post","inputFields":["tag_ids"]}},"threshold":0.4,"tags":{"Kissing":{"maxGap":4.5}}}
            """;
        var random = new Random(Seed);
        for (var i = 0; i < Mutations.Count(20_000); i++)
        {
            var bytes = Encoding.UTF8.GetBytes(Mutations.Of(i % 2 == 0 ? Good : """{"sceneIds":["1"]}""", Json, random));
            foreach (var allowsUnknown in (bool[])[true, false])
            {
                Try(i, () => ApiBody.Parse<TagScenesRequest>(bytes, allowsUnknown));
                Try(i, () => ApiBody.Parse<TagImagesRequest>(bytes, allowsUnknown));
                Try(i, () => ApiBody.Parse<HookRequest>(bytes, allowsUnknown));
                Try(i, () => ApiBody.Parse<UndoRequest>(bytes, allowsUnknown));
                Try(i, () => ApiBody.Parse<CollectRequest>(bytes, allowsUnknown));
                Try(i, () => ApiBody.Parse<MarkerSettingsRequest>(bytes, allowsUnknown));
            }
        }
    }

    [Fact]
    public void Settings_of_a_scene_are_read_or_refused_with_every_mistake_named()
    {
        const string Good =
            """{"threshold":0.4,"maxGap":"20s","requiredDuration":"5%","tags":{"Kissing":{"threshold":0.7,"maxGap":4.5}}}""";
        var random = new Random(Seed);
        for (var i = 0; i < Mutations.Count(20_000); i++)
        {
            JsonDocument json;
            try
            {
                json = JsonDocument.Parse(Encoding.UTF8.GetBytes(Mutations.Of(Good, Json, random)));
            }
            catch (JsonException)
            {
                continue;
            }

            using (json)
            {
                try
                {
                    _ = SceneSettingsReader.Read(json.RootElement, ["Kissing"]);
                }
                catch (ConfigurationException e)
                {
                    Assert.NotEmpty(e.Errors);
                }
            }
        }
    }

    private static void Try(int number, Func<object> read)
    {
        try
        {
            _ = read();
        }
        catch (ApiException e)
        {
            Assert.Equal(400, e.Status);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"input {number}: {e.Message}", e);
        }
    }
}
