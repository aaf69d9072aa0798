using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Core.Tests.Simulators;

public sealed class SimulatedVlmTests(SampleVideosFixture videos)
{
    private static readonly string[] Asked = ["Waving", "Hugging", "Dancing"];

    [Fact]
    public async Task Answers_by_the_schema_with_what_is_visible_and_was_asked_for()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        var reply = await ContentAsync(vlm, await RequestAsync(Schema("Waving", "Dancing", "Kissing"), 10, 26));
        var frames = JsonNode.Parse(reply)!["frames"]!.AsArray();
        Assert.Equal([1, 2], frames.Select(f => f!["frame"]!.GetValue<int>()));
        // Hugging is visible at 10 s and Clapping at 26 s, but nobody asked for them.
        Assert.Equal(
            [
                ["Waving"],
                ["Dancing"],
            ],
            frames.Select(TagsOf)
        );
        Assert.InRange(frames[0]!["tags"]![0]!["confidence"]!.GetValue<double>(), 0.8, 0.99);
        var exchange = Assert.Single(vlm.Log.Exchanges);
        Assert.Equal(VlmOutcome.Answered, exchange.Outcome);
        Assert.Equal(["Waving", "Dancing", "Kissing"], exchange.TagsAsked);
        Assert.Equal(
            [new FrameStamp(1, TimeSpan.FromSeconds(10)), new(1, TimeSpan.FromSeconds(26))],
            exchange.Pictures.Select(p => p.Stamp!.Value)
        );
    }

    [Fact]
    public async Task Writes_any_sensible_schema()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        var list =
            """{"type":"object","properties":{"description":{"type":"string"},"tags":{"type":"array","items":{"type":"string","enum":["Waving","Hugging"]}}}}""";
        Assert.Equal("""["Hugging","Waving"]""", Sorted(JsonNode.Parse(await ContentAsync(vlm, await RequestAsync(list, 10)))!["tags"]!));
        var perTag =
            """{"type":"object","properties":{"Waving":{"type":"boolean"},"Dancing":{"type":"boolean"},"Hugging":{"type":"number"}}}""";
        var flags = JsonNode.Parse(await ContentAsync(vlm, await RequestAsync(perTag, 10)))!;
        Assert.True(flags["Waving"]!.GetValue<bool>());
        Assert.False(flags["Dancing"]!.GetValue<bool>());
        Assert.InRange(flags["Hugging"]!.GetValue<double>(), 0.8, 1);
        var single = """{"type":"object","properties":{"tag":{"type":["string","null"],"enum":["Waving","Kissing",null]}}}""";
        Assert.Equal("""{"tag":"Waving"}""", await ContentAsync(vlm, await RequestAsync(single, 10)));
        Assert.Equal("""{"tag":null}""", await ContentAsync(vlm, await RequestAsync(single, 18)));
        var flat =
            """{"type":"array","items":{"type":"object","properties":{"picture":{"type":"integer"},"tag":{"$ref":"#/$defs/tag"}}},"$defs":{"tag":{"enum":["Waving","Dancing"]}}}""";
        Assert.Equal(
            """[{"picture":1,"tag":"Waving"},{"picture":2,"tag":"Dancing"}]""",
            await ContentAsync(vlm, await RequestAsync(flat, 4, 20))
        );
    }

    [Fact]
    public async Task Without_a_schema_the_prompt_lists_tags_and_reply_format()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        const string prompt = """
            Say which of these you see:
            - Waving: a raised hand, not Kissing
            - Hugging
            Reply as {"pictures":[{"number":1,"tags":["Waving"]}]}
            """;
        Assert.Equal("""{"pictures":[{"number":1,"tags":["Waving"]}]}""", await ContentAsync(vlm, await RequestAsync(null, prompt, [4])));
        Assert.Equal(["Hugging", "Waving"], vlm.Log.TagsAsked.Order(StringComparer.Ordinal));
        await ContentAsync(vlm, await RequestAsync(null, "Do you see Kissing or Dancing?", [4]));
        Assert.Equal(["Kissing", "Dancing"], vlm.Log.Exchanges[^1].TagsAsked);
    }

    [Theory]
    [InlineData(ReplyStyle.PlainText, "clouds | ")]
    [InlineData(ReplyStyle.ThinkTags, "</think>")]
    [InlineData(ReplyStyle.BoxTokens, "<|begin_of_box|>{")]
    [InlineData(ReplyStyle.Fences, "```json")]
    public async Task Replies_in_the_style_of_other_servers(ReplyStyle style, string mark)
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Replies = style });
        var content = await ContentAsync(vlm, await RequestAsync(Schema(Asked), 10));
        Assert.Contains(mark, content, StringComparison.Ordinal);
        Assert.Contains("Waving", content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_models_leave_the_content_empty()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Replies = ReplyStyle.ReasoningContent });
        var request = await RequestAsync(Schema(Asked), 10);
        var message = (await BodyAsync(vlm, request))["choices"]![0]!["message"]!;
        Assert.Equal("", message["content"]!.GetValue<string>());
        Assert.Contains("Waving", message["reasoning_content"]!.GetValue<string>(), StringComparison.Ordinal);
        vlm.Behavior = new VlmBehavior { Replies = ReplyStyle.Thinking, ThinkingTokens = 600 };
        request["max_tokens"] = 512;
        var choice = (await BodyAsync(vlm, request))["choices"]![0]!;
        Assert.Equal("length", choice["finish_reason"]!.GetValue<string>());
        Assert.Equal("", choice["message"]!["content"]!.GetValue<string>());
        request["max_tokens"] = 2000;
        Assert.Contains("Waving", await ContentAsync(vlm, request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReplyStyle.NoResponseFormat, "json_schema", 400)]
    [InlineData(ReplyStyle.NoResponseFormat, "json_object", 400)]
    [InlineData(ReplyStyle.NoResponseFormat, "", 200)]
    [InlineData(ReplyStyle.JsonObjectOnly, "json_schema", 400)]
    [InlineData(ReplyStyle.JsonObjectOnly, "json_object", 200)]
    [InlineData(ReplyStyle.ReasoningContent, "json_object", 400)]
    [InlineData(ReplyStyle.PlainText, "json_schema", 200)]
    public async Task Refuses_the_response_formats_that_such_servers_refuse(ReplyStyle style, string format, int status)
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Replies = style });
        var request = await RequestAsync(format.Equals("json_schema", StringComparison.Ordinal) ? Schema(Asked) : null, 10);
        if (format.Equals("json_object", StringComparison.Ordinal))
        {
            request["response_format"] = new JsonObject { ["type"] = format };
        }

        using var response = await PostAsync(vlm, request);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Refuses_what_a_real_server_refuses()
    {
        await using var vlm = await SimulatedVlm.StartAsync(
            new VlmBehavior
            {
                ApiKey = "secret",
                MaxPictures = 1,
                MaxRequestBytes = 200_000,
            }
        );
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(vlm.BaseUrl + "/models")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        Assert.Contains("simulated-vlm", await client.GetStringAsync(vlm.BaseUrl + "/models"), StringComparison.Ordinal);
        var good = await RequestAsync(Schema(Asked), 10);
        await Expect(200, good);
        await Expect(404, With(good, "model", "other"));
        await Expect(400, With(good, "messages", new JsonArray()));
        await Expect(400, With(good, "messages", "hello"));
        await Expect(400, await RequestAsync(Schema(Asked), 10, 12));
        await Expect(400, await RequestAsync(Schema(Asked).Replace("\"required\":[\"frames\"],", "", StringComparison.Ordinal), 10));
        await Expect(413, With(good, "padding", new string('x', 300_000)));
        await Expect(400, With(good, "stream", true));
        var text = good.ToJsonString();
        await Expect(400, JsonNode.Parse(text.Replace("/9j/", "AAAA", StringComparison.Ordinal))!.AsObject());
        vlm.Behavior = vlm.Behavior with { ApiKey = "", RejectedParameters = ["max_tokens"] };
        await Expect(400, With(good, "max_tokens", 100));
        Assert.Single(vlm.Log.Exchanges, e => e.Outcome == VlmOutcome.Answered);

        async Task Expect(int status, JsonObject request)
        {
            using var response = await client.PostAsync(vlm.BaseUrl + "/chat/completions", JsonContent.Create(request));
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
            Assert.Equal(status != 200, body.Contains("\"error\"", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(VlmFault.ServerError)]
    [InlineData(VlmFault.RateLimit)]
    [InlineData(VlmFault.BareRateLimit)]
    [InlineData(VlmFault.Reset)]
    [InlineData(VlmFault.Drip)]
    [InlineData(VlmFault.Empty)]
    [InlineData(VlmFault.EmptyBody)]
    [InlineData(VlmFault.Garbage)]
    [InlineData(VlmFault.Refusal)]
    [InlineData(VlmFault.HalfJson)]
    [InlineData(VlmFault.Huge)]
    [InlineData(VlmFault.WrongContentType)]
    [InlineData(VlmFault.WrongAnswer)]
    [InlineData(VlmFault.ModelUnloaded)]
    [InlineData(VlmFault.OutOfMemory)]
    [InlineData(VlmFault.BadGateway)]
    [InlineData(VlmFault.Closed)]
    [InlineData(VlmFault.Moderated)]
    [InlineData(VlmFault.ContentFilter)]
    [InlineData(VlmFault.MinuteQuota)]
    public async Task Misbehaves_once_when_a_fault_is_put_in(VlmFault fault)
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { DripPause = TimeSpan.FromMilliseconds(1) });
        var request = await RequestAsync(Schema(Asked), 4);
        var good = await TextAsync(vlm, request);
        vlm.Inject(fault);
        var bad = await TextAsync(vlm, request);
        if (fault == VlmFault.Drip)
        {
            Assert.Equal(good, bad);
        }
        else
        {
            Assert.NotEqual(good, bad);
        }

        Assert.Equal(good, await TextAsync(vlm, request));
        var exchange = vlm.Log.Exchanges[1];
        Assert.Equal(fault, exchange.Fault);
        Assert.Equal(fault is VlmFault.Drip or VlmFault.WrongAnswer ? VlmOutcome.Answered : VlmOutcome.Faulted, exchange.Outcome);
        if (fault == VlmFault.Huge)
        {
            Assert.True(bad.Length > 10_000_000);
        }
    }

    [Fact]
    public async Task A_hang_lasts_until_the_client_gives_up()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        vlm.Inject(VlmFault.Hang);
        using var client = new HttpClient();
        client.Timeout = TimeSpan.FromMilliseconds(300);
        var request = await RequestAsync(Schema(Asked), 4);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PostAsJsonAsync(vlm.BaseUrl + "/chat/completions", request));
        while (vlm.Log.InFlight > 0)
        {
            await Task.Delay(5);
        }

        Assert.Equal(VlmOutcome.Aborted, Assert.Single(vlm.Log.Exchanges).Outcome);
    }

    [Fact]
    public async Task Faults_come_at_their_rates_and_the_same_for_the_same_seed()
    {
        var rates = new Dictionary<VlmFault, double> { [VlmFault.ServerError] = 0.3, [VlmFault.Empty] = 0.2 };
        var first = await RunAsync();
        Assert.Equal(first, await RunAsync());
        Assert.InRange(first.Count(f => f == VlmFault.ServerError), 8, 25);
        Assert.InRange(first.Count(f => f == VlmFault.None), 15, 38);

        async Task<VlmFault[]> RunAsync()
        {
            await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Faults = rates, Seed = 7 });
            var request = await RequestAsync(Schema(Asked), 4);
            for (var i = 0; i < 50; i++)
            {
                using var response = await PostAsync(vlm, request);
            }

            return [.. vlm.Log.Exchanges.Select(e => e.Fault)];
        }
    }

    [Fact]
    public async Task Beyond_its_slots_it_rejects_or_lets_wait()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Slots = 1, Latency = TimeSpan.FromMilliseconds(300) });
        var request = await RequestAsync(Schema(Asked), 4);
        var both = await Task.WhenAll(PostAsync(vlm, request), PostAsync(vlm, request));
        Assert.Equal([200, 429], both.Select(r => (int)r.StatusCode).Order());
        Assert.Equal("1", both.Single(r => r.StatusCode == HttpStatusCode.TooManyRequests).Headers.GetValues("Retry-After").Single());
        Assert.Equal(2, vlm.Log.MaxInFlight);
        vlm.Behavior = vlm.Behavior with { WhenFull = WhenFull.Queue, Latency = TimeSpan.FromMilliseconds(20) };
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync(vlm, request)));
        Assert.All(all, r => Assert.Equal(HttpStatusCode.OK, r.StatusCode));
    }

    [Fact]
    public async Task Switched_off_it_refuses_connections_and_comes_back_on_the_same_port()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        var address = vlm.BaseUrl;
        var request = await RequestAsync(Schema(Asked), 4);
        await vlm.SwitchOffAsync();
        Assert.False(vlm.IsOn);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(vlm, request));
        await vlm.SwitchOnAsync();
        Assert.Equal(address, vlm.BaseUrl);
        using var response = await PostAsync(vlm, request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(vlm.Log.Exchanges);
    }

    [Fact]
    public async Task Switching_off_breaks_what_is_being_answered()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Latency = TimeSpan.FromMinutes(5) });
        var pending = PostAsync(vlm, await RequestAsync(Schema(Asked), 4));
        while (vlm.Log.InFlight == 0)
        {
            await Task.Delay(5);
        }

        await vlm.SwitchOffAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => pending);
        Assert.Equal(VlmOutcome.Aborted, Assert.Single(vlm.Log.Exchanges).Outcome);
    }

    [Fact]
    public async Task Token_probabilities_of_a_name_multiply_to_its_confidence()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        var request = With(await RequestAsync(Schema("Waving"), 4), "logprobs", true);
        var choice = (await BodyAsync(vlm, request))["choices"]![0]!;
        var content = choice["message"]!["content"]!.GetValue<string>();
        var tokens = choice["logprobs"]!["content"]!.AsArray();
        Assert.Equal(content, string.Concat(tokens.Select(t => t!["token"]!.GetValue<string>())));
        var name = tokens.SkipWhile(t => !t!["token"]!.GetValue<string>().Equals("Wavi", StringComparison.Ordinal)).Take(2);
        var confidence = JsonNode.Parse(content)!["frames"]![0]!["tags"]![0]!["confidence"]!.GetValue<double>();
        Assert.Equal(confidence, Math.Exp(name.Sum(t => t!["logprob"]!.GetValue<double>())), 6);
    }

    [Fact]
    public async Task The_log_records_repeated_requests()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        await ContentAsync(vlm, await RequestAsync(Schema("Waving"), 4));
        await ContentAsync(vlm, await RequestAsync(Schema("Hugging"), 4));
        await ContentAsync(vlm, await RequestAsync(Schema("Waving"), 6));
        Assert.Empty(vlm.Log.AskedAgain());
        await ContentAsync(vlm, await RequestAsync(Schema("Hugging", "Dancing"), 4));
        Assert.Equal([new FrameQuestion(new FrameStamp(1, TimeSpan.FromSeconds(4)), "Hugging")], vlm.Log.AskedAgain());
        Assert.Equal(4, vlm.Log.PicturesAnswered);
        vlm.Log.Clear();
        Assert.Equal(0, vlm.Log.Requests);
    }

    [Fact]
    public async Task Other_names_may_be_given_to_what_it_knows()
    {
        await using var vlm = await SimulatedVlm.StartAsync(
            new VlmBehavior { Aliases = new Dictionary<string, string>(StringComparer.Ordinal) { ["winken: \"hallo\""] = "Waving" } }
        );
        var names = JsonSerializer.Serialize(new[] { "winken: \"hallo\"", "Nobody knows this" });
        var schema = """{"type":"object","properties":{"tags":{"type":"array","items":{"enum":NAMES}}}}""".Replace(
            "NAMES",
            names,
            StringComparison.Ordinal
        );
        var reply = JsonNode.Parse(await ContentAsync(vlm, await RequestAsync(schema, 4)))!;
        Assert.Equal("winken: \"hallo\"", Assert.Single(reply["tags"]!.AsArray())!.GetValue<string>());
    }

    private static string Schema(params string[] tags) =>
        """
            {"type":"object","additionalProperties":false,"required":["frames"],"properties":{"frames":{"type":"array","items":
            {"type":"object","additionalProperties":false,"required":["frame","tags"],"properties":{"frame":{"type":"integer"},"tags":{"type":"array","items":
            {"type":"object","additionalProperties":false,"required":["tag","confidence"],"properties":
            {"tag":{"type":"string","enum":TAGS},"confidence":{"type":"number"}}}}}}}}}
            """.Replace("TAGS", JsonSerializer.Serialize(tags), StringComparison.Ordinal);

    private Task<JsonObject> RequestAsync(string? schema, params double[] seconds) =>
        RequestAsync(schema, $"Which of {string.Join(", ", Asked)} do you see?", seconds);

    private async Task<JsonObject> RequestAsync(string? schema, string prompt, double[] seconds)
    {
        var parts = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = prompt });
        foreach (var t in seconds)
        {
            var jpeg = await videos.FrameAsync("park", t);
            var url = "data:image/jpeg;base64," + Convert.ToBase64String(jpeg);
            parts.Add(
                new JsonObject
                {
                    ["type"] = "image_url",
                    ["image_url"] = new JsonObject { ["url"] = url },
                }
            );
        }

        var request = new JsonObject
        {
            ["model"] = "simulated-vlm",
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = parts }),
        };
        if (schema is not null)
        {
            var strict = schema.Contains("additionalProperties", StringComparison.Ordinal);
            var described = new JsonObject
            {
                ["name"] = "x",
                ["strict"] = strict,
                ["schema"] = JsonNode.Parse(schema),
            };
            request["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = described };
        }

        return request;
    }

    private static JsonObject With(JsonObject request, string name, JsonNode value)
    {
        var changed = request.DeepClone().AsObject();
        changed[name] = value;
        return changed;
    }

    private static async Task<HttpResponseMessage> PostAsync(SimulatedVlm vlm, JsonObject request)
    {
        using var client = new HttpClient();
        return await client.PostAsync(vlm.BaseUrl + "/chat/completions", JsonContent.Create(request));
    }

    private static async Task<JsonNode> BodyAsync(SimulatedVlm vlm, JsonObject request)
    {
        using var response = await PostAsync(vlm, request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<string> ContentAsync(SimulatedVlm vlm, JsonObject request) =>
        (await BodyAsync(vlm, request))["choices"]![0]!["message"]!["content"]!.GetValue<string>();

    /// <summary>The model's words, or what came instead.</summary>
    private static async Task<string> TextAsync(SimulatedVlm vlm, JsonObject request)
    {
        try
        {
            using var response = await PostAsync(vlm, request);
            var text = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode && text.StartsWith('{')
                ? JsonNode.Parse(text)!["choices"]![0]!["message"]!["content"]?.GetValue<string>() ?? "refused"
                : text + (int)response.StatusCode;
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private static string[] TagsOf(JsonNode? frame) => [.. frame!["tags"]!.AsArray().Select(t => t!["tag"]!.GetValue<string>())];

    private static string Sorted(JsonNode tags) =>
        JsonSerializer.Serialize(tags.AsArray().Select(t => t!.GetValue<string>()).Order(StringComparer.Ordinal));
}
