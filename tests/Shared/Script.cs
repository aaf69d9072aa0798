namespace HavenVlm.Tests.Shared;

/// <summary>Decisions drawn from a list of numbers, so that a failing scenario shrinks to a short list.</summary>
internal sealed class Script(int[] numbers)
{
    private int _next;

    public bool HasMore => _next < numbers.Length;

    /// <summary>A number from 0 to below the limit; 0 when the list is used up.</summary>
    public int Next(int limit) => _next < numbers.Length ? (int)((uint)numbers[_next++] % (uint)limit) : 0;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];
}
