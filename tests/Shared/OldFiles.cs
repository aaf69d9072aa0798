using HavenVlm.Core.Configuration.Import;

namespace HavenVlm.Tests.Shared;

/// <summary>Files as users of the old plugin have them: its names, our words.</summary>
internal static class OldFiles
{
    public const string Usual = """"
        """
        Settings of the plugin
        """
        import os
        from typing import Dict

        LOCAL = "http://192.168.1.20:1234/v1"
        MINUTES = 60

        VLM_ENGINE_CONFIG = {
            "active_ai_models": ["vlm_multiplexer_model"],
            "pipelines": {"video_pipeline_dynamic": {"version": 1.0, "models": [{"inputs": ["video_path"],},]}},
            "models": {
                "result_finisher": {"type": "python"},
                "vlm_multiplexer_model": {
                    "type": "vlm_model",
                    "model_category": "actions",
                    "model_id": "some/model-7b",
                    "use_multiplexer": True,
                    "max_concurrent_requests": 13,
                    "request_timeout": 70,
                    "multiplexer_endpoints": [
                        {"base_url": LOCAL, "api_key": "local-secret", "name": "pc", "weight": 9, "is_fallback": False, "max_concurrent": 10},
                        {
                            "base_url": "https://models.example.com:443/v1", "api_key": "cloud-secret",
                            "name": "cloud/far", "weight": 0, "is_fallback": True,
                        },
                        {"base_url": 'http://localhost:11434', "name": "pc", "api_key": os.environ.get("KEY", "")},
                    ],
                    "tag_list": [
                        "Kissing", 'Hugging', "Wav"
                        "ing", r"Back\slash",
                    ],
                },
            },
            "category_config": {
                "actions": {
                    "Kissing": {"RenamedTag": "Snogging", "MinMarkerDuration": "1s", "MaxGap": "30s", "RequiredDuration": "5%", "TagThreshold": 0.5},
                    "Hugging": {"RenamedTag": "Hugging", "MinMarkerDuration": 2, "MaxGap": None, "TagThreshold": 7},
                    "Juggling": {"TagThreshold": 0.5},
                }
            },
        }
        VIDEO_FRAME_INTERVAL = 1.5 * MINUTES  # seconds
        VIDEO_THRESHOLD: float = 0.25
        VIDEO_CONFIDENCE_RETURN = True
        CONCURRENT_TASK_LIMIT = 20
        SERVER_TIMEOUT = 3_700
        VLM_BASE_TAG_NAME = "AI"
        VLM_TAGME_TAG_NAME = f"AI_TagMe"
        VLM_TAGGED_TAG_NAME = VLM_BASE_TAG_NAME + "_Tagged"
        OUTPUT_DATA_DIR = os.path.join("a", "b")
        CREATE_MARKERS = False
        PATH_MUTATION = {"E:\\media": "/mnt/media", "/data/": "/srv/data"}
        MY_OWN = 5

        class Configuration:
            threshold: float = 0.1

        def load(path=None):
            VIDEO_THRESHOLD = 0.9
            return open(path)

        config = load()
        """";

    /// <summary>Reads one; the addresses of a home network are inside.</summary>
    public static ConfigurationImport Import(string source) =>
        ConfigurationImport.Read(
            source,
            "haven_vlm_config.py",
            address => address.Contains("192.168.", StringComparison.Ordinal) || address.Contains("localhost", StringComparison.Ordinal)
        );
}
