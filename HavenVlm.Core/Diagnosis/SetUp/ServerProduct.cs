namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>What is known about a kind of model server: where it usually listens, and what its user has to set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Port">The port that it listens on when nobody changed it.</param>
/// <param name="Listen">How it is made to answer other machines.</param>
/// <param name="Context">How it is made to take longer requests.</param>
/// <param name="Vision">How it is given a model that sees pictures.</param>
internal sealed record ServerProduct(string Name, int Port, string Listen, string Context, string Vision)
{
    /// <summary>The usual ones.</summary>
    public static readonly IReadOnlyList<ServerProduct> All =
    [
        new(
            "LM Studio",
            1234,
            "in LM Studio open Developer, Server Settings, and switch on \"Serve on Local Network\" (or run `lms server start --bind 0.0.0.0`)",
            "in LM Studio load the model with a longer context (`lms load MODEL --context-length 8192`)",
            "in LM Studio load a model with the vision badge, such as qwen2.5-vl-7b-instruct"
        ),
        new(
            "Ollama",
            11434,
            "start Ollama with OLLAMA_HOST=0.0.0.0 (Linux: `systemctl edit ollama`, Environment=\"OLLAMA_HOST=0.0.0.0\"; macOS: `launchctl setenv OLLAMA_HOST 0.0.0.0`; Windows: an environment variable), then restart it",
            "start Ollama with OLLAMA_CONTEXT_LENGTH=8192",
            "`ollama pull qwen2.5vl`"
        ),
        new(
            "llama.cpp",
            8080,
            "start `llama-server` with `--host 0.0.0.0`",
            "start `llama-server` with a larger `--ctx-size` (it is shared by its `--parallel` slots)",
            "start `llama-server` with the model's `--mmproj` file"
        ),
        new(
            "vLLM",
            8000,
            "start `vllm serve` with `--host 0.0.0.0`",
            "start `vllm serve` with a larger `--max-model-len`",
            "serve a vision model, such as `vllm serve Qwen/Qwen2.5-VL-7B-Instruct`"
        ),
    ];

    /// <summary>The one that usually has the port of an address; null = any.</summary>
    public static ServerProduct? At(string baseUrl) =>
        Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri) ? All.FirstOrDefault(product => product.Port == uri.Port) : null;

    /// <summary>What to set on the server at an address, or on any when its kind is not known.</summary>
    public static string Advice(string baseUrl, Func<ServerProduct, string> what) =>
        At(baseUrl) is { } product ? what(product) : string.Join("; ", All.Select(each => what(each)));
}
