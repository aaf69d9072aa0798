using HavenVlm.Core.Vlm.Pool.Limits;

namespace HavenVlm.Core.UnitTests.Vlm.Pool.Limits;

/// <summary>
/// The limit that finds itself against simulated servers in virtual time. The options were chosen on seeds 1 to 100; these are others.
/// </summary>
public sealed class LimitControllerTests(ITestOutputHelper output)
{
    private static readonly int[] Seeds = [.. Enumerable.Range(5001, 20)];

    [Theory]
    [InlineData("4 slots", 1.25, 1.10)]
    [InlineData("16 slots", 1.25, 1.10)]
    [InlineData("batches up to 64", 1.25, 1.10)]
    [InlineData("by turns", 1.25, 1.10)]
    [InlineData("by turns, no tokens", 1.30, 1.10)]
    public void The_first_run_and_the_second_stay_near_the_bound(string name, double first, double second)
    {
        var server = LimitServer.All[name];
        var (firsts, seconds) = (new List<double>(), new List<double>());
        foreach (var seed in Seeds)
        {
            var controller = new LimitController(LimitOptions.Default);
            firsts.Add(RatioToBound(server, seed, controller));
            var learned = LimitStart.Learned(controller.Found ?? controller.Limit);
            seconds.Add(RatioToBound(server, seed + 1000, new LimitController(LimitOptions.Default, learned)));
        }

        output.WriteLine($"{name}: first {Text(firsts)}, second {Text(seconds)}");
        Assert.InRange(Median(firsts), 0.95, first);
        Assert.InRange(Median(seconds), 0.95, second);
        // One in twenty first runs ends too low at a server that batches; the long run corrects that.
        Assert.InRange(seconds.Order().ElementAt(seconds.Count - 2), 0.95, second);
    }

    [Theory]
    [InlineData("4 slots")]
    [InlineData("16 slots")]
    [InlineData("batches up to 64")]
    [InlineData("by turns")]
    [InlineData("by turns, no tokens")]
    [InlineData("refuses more than 8")]
    public void In_the_long_run_it_does_as_much_as_the_best_fixed_limit(string name)
    {
        const int Requests = 2500;
        const int Found = 1200;
        var server = LimitServer.All[name];
        var ratios = new List<double>();
        foreach (var seed in Seeds.Take(10))
        {
            var (model, requests) = server.Under(seed);
            var run = new LimitRun(model, requests, new LimitController(LimitOptions.Default)).To(Requests);
            (model, requests) = server.Under(seed);
            var best = new LimitRun(model, requests, controller: null, server.Best).To(Requests);
            ratios.Add(TimeOf(run) / TimeOf(best));
        }

        output.WriteLine($"{name}: {Text(ratios)}");
        Assert.InRange(Median(ratios), 0.9, 1.05);

        static double TimeOf(LimitRun run) => run.Answers[Requests - 100] - run.Answers[Found];
    }

    [Theory]
    [InlineData("4 slots")]
    [InlineData("16 slots")]
    [InlineData("batches up to 64")]
    [InlineData("by turns")]
    public void A_server_gets_about_twice_what_it_can_use_at_most(string name)
    {
        var server = LimitServer.All[name];
        var most = new List<double>();
        foreach (var seed in Seeds)
        {
            var (model, requests) = server.Under(seed);
            var run = new LimitRun(model, requests, new LimitController(LimitOptions.Default)).To(server.Requests);
            most.Add((double)run.MostOut / server.Best);
        }

        output.WriteLine($"{name}: {Text(most)}");
        Assert.InRange(Median(most), 0.9, 2.25);
        Assert.InRange(most.Max(), 0.9, 4);
    }

    [Fact]
    public void A_server_that_shrinks_from_16_slots_to_4_is_found_out_within_50_answers()
    {
        var needed = new List<double>();
        foreach (var seed in Seeds)
        {
            var server = LimitServer.All["16 slots"];
            var (model, requests) = server.Under(seed);
            var run = new LimitRun(model, requests, new LimitController(LimitOptions.Default)).To(1000);
            model.Slots = 4;
            var goOn = run.Answers.Count;
            run.To(goOn + 400);
            needed.Add(run.Limits.Skip(goOn).TakeWhile(limit => limit > 8).Count());
            Assert.InRange(run.Limits[^1], 3, 13);
        }

        output.WriteLine(Text(needed));
        Assert.InRange(Median(needed), 0, 50);
        Assert.InRange(needed.Max(), 0, 75);
    }

    [Fact]
    public void A_server_that_grows_from_4_slots_to_16_is_used()
    {
        var (model, requests) = LimitServer.All["4 slots"].Under(Seeds[0]);
        var run = new LimitRun(model, requests, new LimitController(LimitOptions.Default)).To(300);
        model.Slots = 16;

        run.To(4000);

        Assert.InRange(run.Limits[^1], 14, 32);
    }

    [Fact]
    public void Timeouts_halve_it_and_it_does_not_go_there_again()
    {
        // More than 8 at once make each other so slow that none ends in time.
        var model = new QueueModel { Slots = 64, Slowness = running => running <= 8 ? 1 : 50 };
        var random = new Random(Seeds[0]);
        var run = new LimitRun(
            model,
            _ => new QueuedRequest(0.7 + (0.6 * random.NextDouble()), tokens: 40),
            new LimitController(LimitOptions.Default)
        )
        {
            Timeout = 10,
        };

        run.To(600);

        Assert.InRange(run.Limits[^1], 5, 8);
        Assert.InRange(run.Overloads, 1, 60);
    }

    [Fact]
    public void What_was_learned_is_not_exceeded_at_once()
    {
        var (model, requests) = LimitServer.All["16 slots"].Under(Seeds[0]);
        var run = new LimitRun(model, requests, new LimitController(LimitOptions.Default, new LimitStart(16, 16))).To(300);

        Assert.Equal(16, run.Limits[0]);
        Assert.Equal(16, run.MostOut);
    }

    [Fact]
    public void Another_instance_that_found_less_lowers_it()
    {
        var controller = new LimitController(LimitOptions.Default, new LimitStart(16, 16));

        controller.Cap(6);

        Assert.Equal(6, controller.Limit);
    }

    private static double RatioToBound(LimitServer server, int seed, LimitController controller)
    {
        var (model, requests) = server.Under(seed);
        var run = new LimitRun(model, requests, controller).To(server.Requests);
        return run.Now / (run.Work / model.RateAt(server.Best));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(List<double> values) => $"median {Median(values):0.00}, {values.Min():0.00} to {values.Max():0.00}";
}
