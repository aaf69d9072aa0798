namespace HavenVlm.Core.Media.Probing;

/// <summary>The decoders that ffmpeg may use.</summary>
internal static class MediaCodecs
{
    private static readonly string[] Video =
    [
        "h264",
        "hevc",
        "vp8",
        "vp9",
        "av1",
        "libdav1d",
        "libaom-av1",
        "libvpx",
        "libvpx-vp9",
        "mpeg4",
        "msmpeg4v1",
        "msmpeg4v2",
        "msmpeg4",
        "msmpeg4v3",
        "mpeg1video",
        "mpeg2video",
        "wmv1",
        "wmv2",
        "wmv3",
        "wmv3image",
        "vc1",
        "vc1image",
        "flv",
        "flv1",
        "vp6",
        "vp6f",
        "vp6a",
        "h263",
        "h263p",
        "h263i",
        "theora",
        "mjpeg",
        "prores",
        "dnxhd",
        "dvvideo",
        "cinepak",
        "svq1",
        "svq3",
        "rv10",
        "rv20",
        "rv30",
        "rv40",
        "rawvideo",
        "png",
        "ffv1",
        "huffyuv",
        "ffvhuff",
        "vvc",
        "gif",
        "apng",
        "webp",
        "bmp",
        "tiff",
        "jpegxl",
        "libjxl",
        "utvideo",
        "magicyuv",
        "cfhd",
        "qtrle",
        "jpeg2000",
        "libopenjpeg",
        "v210",
        "msvideo1",
        "rpza",
    ];

    // ffprobe opens a decoder for every stream, needed or not, and ends where it may not: these are only opened, never fed.
    private const string Others =
        "aac,aac_fixed,aac_latm,ac3,ac3_fixed,eac3,mp1,mp1float,mp2,mp2float,mp3,mp3float,mp3adu,mp3adufloat,opus,libopus,vorbis,libvorbis,flac,alac,dca,"
        + "truehd,mlp,wmav1,wmav2,wmapro,wmavoice,wmalossless,cook,atrac3,atrac3plus,sipr,real_144,real_288,ralf,amrnb,amrwb,libopencore_amrnb,"
        + "libopencore_amrwb,nellymoser,speex,libspeex,tta,tak,wavpack,ape,adpcm_ima_wav,adpcm_ima_qt,adpcm_ms,adpcm_swf,adpcm_yamaha,adpcm_g722,g722,"
        + "adpcm_g726,g726,g726le,g723_1,g729,gsm,gsm_ms,libgsm,libgsm_ms,qdm2,qdmc,qcelp,mace3,mace6,dvaudio,s302m,dolby_e,imc,iac,on2avc,sonic,truespeech,"
        + "pcm_alaw,pcm_bluray,pcm_dvd,pcm_f16le,pcm_f24le,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_lxf,pcm_mulaw,pcm_s16be,pcm_s16be_planar,pcm_s16le,"
        + "pcm_s16le_planar,pcm_s24be,pcm_s24daud,pcm_s24le,pcm_s24le_planar,pcm_s32be,pcm_s32le,pcm_s32le_planar,pcm_s64be,pcm_s64le,pcm_s8,"
        + "pcm_s8_planar,pcm_u16be,pcm_u16le,pcm_u24be,pcm_u24le,pcm_u32be,pcm_u32le,pcm_u8,pcm_vidc,"
        + "ssa,ass,dvbsub,libzvbi_teletextdec,dvdsub,cc_dec,pgssub,mov_text,srt,subrip,text,webvtt,xsub,libaribb24,arib_caption";

    /// <summary>For ffmpeg's <c>-codec_whitelist</c>: pictures only, sound is never decoded.</summary>
    public static string AllowList { get; } = string.Join(',', Video);

    /// <summary>For ffprobe's.</summary>
    public static string ProbeAllowList { get; } = $"{AllowList},{Others}";

    /// <summary>Whether pictures of this codec are decoded.</summary>
    public static bool IsAccepted(string codec) => Video.Contains(codec, StringComparer.Ordinal);
}
