using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HavenVlm.Local.Tests.EndToEnd;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>What answers in place of the service says nothing about scenes: no login page means "not analyzed yet" or "nothing runs".</summary>
public sealed class ForeignAnswerTests(VideosFixture videos)
{
    private const string Login = "<!DOCTYPE html><html><body><form action=\"/login\">Log in</form></body></html>";

    public static TheoryData<int, string, string> Answers { get; } =
        new()
        {
            { 200, "text/html", Login },
            { 200, "application/json", "" },
            { 200, "application/json", "{}" },
            { 200, "application/json", "[]" },
            { 200, "application/json", "null" },
            { 204, "text/plain", "" },
            { 302, "text/html", Login },
            { 307, "text/plain", "" },
            { 401, "text/html", Login },
            { 403, "text/html", Login },
            { 404, "text/html", Login },
            { 404, "application/json", "{}" },
            { 404, "application/problem+json", """{"title":"Not Found","status":404}""" },
            { 410, "application/json", """{"title":"Gone"}""" },
            { 502, "text/html", "<html>Bad gateway</html>" },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Is_a_problem_for_the_scene_page_and_for_Cancel(int status, string type, string body)
    {
        await using var world = await World.CreateAsync(videos);
        await using var other = await FakeService.StartAsync(call =>
            call switch
            {
                // The proxy lets the health check and the first greeting through, or has not noticed yet that the session ended.
                "GET /api/health" => (200, "application/json", """{"status":"ok"}"""),
                "GET /api/status" => (200, "application/json", """{"version":"0.0.9","stash":{},"endpoints":[]}"""),
                _ => (status, type, status == 204 ? "" : body),
            }
        );
        await world.InstallAsync();
        await world.SetUpAsync(other.Address);

        foreach (var mode in (string[])["scene-status", "scene-timeline", "scene-cancel"])
        {
            var output = await world.OperateAsync(new { mode, sceneId = "1" });
            Assert.True(output.TryGetProperty("problem", out var problem), $"{mode}: {output}");
            Assert.NotEmpty(problem.GetProperty("message").GetString()!);
        }

        var cancel = await world.RunTaskAsync("Cancel");
        if (body is "[]")
        {
            // That is what the service says.
            Assert.Contains(cancel, line => line.Contains("Nothing was running.", StringComparison.Ordinal));
        }
        else
        {
            Assert.Contains(cancel, line => line.StartsWith("error: [Plugin / Haven VLM]", StringComparison.Ordinal));
            Assert.DoesNotContain(cancel, line => line.Contains("Nothing was running", StringComparison.Ordinal));
        }

        Assert.DoesNotContain(cancel, line => line.Contains("Traceback", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_login_page_while_a_task_is_followed_is_waited_out()
    {
        var looks = 0;
        await using var world = await World.CreateAsync(videos);
        await using var service = await FakeService.StartAsync(call =>
            call switch
            {
                "GET /api/health" => (200, "application/json", """{"status":"ok"}"""),
                "GET /api/status" => (200, "application/json", """{"version":"0.0.9","stash":{},"endpoints":[]}"""),
                "POST /api/scenes/tag" => (202, "application/json", """{"id":"scenes-1"}"""),
                _ when ++looks == 1 => (404, "text/html", Login),
                _ => (200, "application/json", """{"instanceId":"scenes-1","runtimeStatus":"Completed","output":{"done":1,"failed":0}}"""),
            }
        );
        await world.InstallAsync();
        await world.SetUpAsync(service.Address);

        var log = await world.RunTaskAsync("Tag Videos");

        Assert.Contains(
            log,
            line => line.StartsWith("warning:", StringComparison.Ordinal) && line.Contains("is not Haven VLM", StringComparison.Ordinal)
        );
        Assert.Contains("info: [Plugin / Haven VLM] Haven VLM answers again; the work goes on.", log);
        Assert.Contains("info: [Plugin / Haven VLM] Tag Videos is done: 1 done, 0 failed.", log);
    }

    [Theory]
    [InlineData("H")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{")]
    public async Task An_answer_of_a_byte_every_half_second_ends_at_the_deadline_over_the_whole(string beginning)
    {
        await using var world = await World.CreateAsync(videos);
        await world.InstallAsync();
        await using var server = new TrickleServer(beginning);
        const string Ask = """
            import sys
            sys.path.insert(0, sys.argv[1])
            from havenvlm_runner import problems, service, settings
            try:
                service.Service(settings.Settings({"address": sys.argv[2]}, {})).get("/api/status", timeout=1)
            except problems.Unreachable as problem:
                print(problem.message)
            """;

        var folder = Path.Combine(world.PluginsFolder, PluginUse.Id);
        var address = $"http://{server.Address}";
        using var process = Process.Start(
            new ProcessStartInfo("python3", ["-B", "-c", Ask, folder, address]) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        var printed = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync();

        Assert.StartsWith($"Haven VLM cannot be reached at {address}: the answer ", printed, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Answers its first caller with a beginning, then a byte every half second.</summary>
    private sealed class TrickleServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _answer;

        public TrickleServer(string beginning)
        {
            _listener.Start();
            _answer = AnswerAsync(beginning);
        }

        public EndPoint Address => _listener.LocalEndpoint;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _answer;
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task AnswerAsync(string beginning)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = client.GetStream();
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(beginning), _stop.Token);
                while (true)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(500), _stop.Token);
                    await stream.WriteAsync("x"u8.ToArray(), _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The caller went away, or the test has ended.
            }
        }
    }
}
