using System.Text.Json;
using HavenVlm.Core;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Local.UnitTests.Engine.Replay.Own;

/// <summary>A course of one of the product's own orchestrators whose history is recorded.</summary>
/// <param name="Orchestrator">Name of the orchestrator.</param>
/// <param name="Course">What happens: <c>normal</c>, <c>outage</c>, <c>failure</c>, or what else is worth keeping.</param>
/// <param name="InstanceId">Id of the instance.</param>
/// <param name="Input">Its input.</param>
/// <param name="Activities">What each activity answers, call after call; the last answer is repeated, an exception is thrown.</param>
internal sealed record OwnHistory(
    string Orchestrator,
    string Course,
    string InstanceId,
    object Input,
    IReadOnlyDictionary<string, object[]> Activities
)
{
    /// <summary>Everything that the product declares.</summary>
    public static WorkflowCatalog Product { get; } =
        new ServiceCollection().AddHavenCore().BuildServiceProvider().GetRequiredService<WorkflowCatalog>();

    /// <summary>Name of its file.</summary>
    public string Name => $"{Orchestrator}-{Course}";

    /// <summary>The product's activities by name and type, with this course's answers.</summary>
    public IEnumerable<ActivityRegistration> Scripted()
    {
        var answers = Activities.ToDictionary(
            activity => activity.Key,
            activity => new Queue<object>(activity.Value),
            StringComparer.Ordinal
        );
        return Product.Activities.Select(activity =>
            activity with
            {
                RunAsync = (_, _, _) => Task.FromResult<object?>(Next(answers[activity.Name])),
            }
        );
    }

    private static object Next(Queue<object> answers)
    {
        lock (answers)
        {
            var answer = answers.Count > 1 ? answers.Dequeue() : answers.Peek();
            return answer is Exception failure ? throw failure : answer;
        }
    }
}
