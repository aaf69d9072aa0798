using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Sources;

/// <summary>Passes one answer of Stash on to ffmpeg. Where Stash breaks off midway, the rest is asked for again.</summary>
internal sealed class RelayTransfer(UpstreamMedia upstream, RelayRequest request, HttpResponseMessage first)
{
    private const int BufferSize = 64 * 1024;
    private const int MaxResumes = 3;

    /// <summary>Passes everything on.</summary>
    /// <exception cref="MediaUnavailableException">Stash broke off and the rest could not be had.</exception>
    public async Task RunAsync(Stream client, CancellationToken cancellationToken)
    {
        var response = first;
        try
        {
            await client.WriteAsync(Encoding.Latin1.GetBytes(Head(response)), cancellationToken);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return;
            }

            var range = response.Content.Headers.ContentRange;
            var position = range?.From ?? 0;
            var end = response.Content.Headers.ContentLength is { } length ? position + length : long.MaxValue;
            for (var resumes = 0; ; resumes++)
            {
                var (reached, problem) = await CopyAsync(response, client, position, cancellationToken);
                // Progress shows that the connection is good at times: only failures without any count.
                resumes = reached > position ? 0 : resumes;
                position = reached;
                if (position >= end || (problem is null && end == long.MaxValue))
                {
                    return;
                }

                if (range is null || resumes >= MaxResumes)
                {
                    throw new MediaUnavailableException(
                        $"Stash broke off while it delivered {upstream.Name}: {problem?.Message ?? "the answer was too short"}"
                    );
                }

                var next = await upstream.OpenAsync(position, request.To, cancellationToken);
                response.Dispose();
                response = next;
                if (!Continues(next, position, range))
                {
                    throw new MediaUnavailableException($"{upstream.Name} changed while it was read.");
                }
            }
        }
        finally
        {
            response.Dispose();
        }
    }

    private async Task<(long Reached, IOException? Problem)> CopyAsync(
        HttpResponseMessage response,
        Stream client,
        long position,
        CancellationToken cancellationToken
    )
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferSize];
        while (true)
        {
            int read;
            try
            {
                read = await upstream.ReadAsync(body, buffer, cancellationToken);
            }
            catch (IOException e)
            {
                return (position, e);
            }

            if (read == 0)
            {
                return (position, null);
            }

            await client.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            position += read;
        }
    }

    private bool Continues(HttpResponseMessage next, long position, ContentRangeHeaderValue range) =>
        next.StatusCode == HttpStatusCode.PartialContent
        && next.Content.Headers.ContentRange is { } continued
        && continued.From == position
        && continued.Length == range.Length
        && Equals(next.Headers.ETag, first.Headers.ETag);

    private string Head(HttpResponseMessage response)
    {
        var content = response.Content.Headers;
        var partial = response.StatusCode == HttpStatusCode.PartialContent;
        var status = partial && request.From is null ? HttpStatusCode.OK : response.StatusCode;
        var head = new StringBuilder();
        var reason = status switch
        {
            HttpStatusCode.OK => "OK",
            HttpStatusCode.PartialContent => "Partial Content",
            _ => "Range Not Satisfiable",
        };
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {(int)status} {reason}\r\n");
        // Whatever Stash calls it: the kind is known from the bytes.
        head.Append("Content-Type: application/octet-stream\r\nConnection: close\r\n");
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            head.Append("Content-Length: 0\r\n");
        }
        else if (content.ContentLength is { } length)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        }

        if (content.ContentRange is { } range && status != HttpStatusCode.OK)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Range: {range}\r\n");
        }

        var ranges = partial || response.Headers.AcceptRanges.Contains("bytes");
        return head.Append(ranges ? "Accept-Ranges: bytes\r\n\r\n" : "\r\n").ToString();
    }
}
