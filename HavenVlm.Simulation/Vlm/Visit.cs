namespace HavenVlm.Simulation.Vlm;

/// <summary>
/// One request on its way through the server. It ends, for the log and its slot, just before the reply's last byte is sent: a client that has its
/// reply finds the request in the log and the slot free.
/// </summary>
internal sealed class Visit(VlmLog log, SlotGate slots, Func<VlmBehavior> behaviorNow, DateTimeOffset now)
{
    private bool _hasSlot;
    private bool _hasEnded;

    /// <summary>What is known of the request so far.</summary>
    public VlmExchange Exchange { get; set; } =
        new()
        {
            Number = log.Enter(),
            At = now,
            Outcome = VlmOutcome.Aborted,
        };

    /// <summary>Takes a slot; false when none is free and waiting is not the server's way.</summary>
    public async Task<bool> TakeSlotAsync(VlmBehavior behavior, CancellationToken cancellationToken)
    {
        if (behavior.WhenFull == WhenFull.Queue)
        {
            await slots.EnterAsync(behavior.Slots, cancellationToken);
            _hasSlot = true;
        }
        else
        {
            _hasSlot = slots.TryEnter(behavior.Slots);
        }

        return _hasSlot;
    }

    /// <summary>The request ends so; nothing happens when it has ended.</summary>
    public void End()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        if (_hasSlot)
        {
            slots.Leave(behaviorNow().Slots);
        }

        log.Leave(Exchange);
    }

    /// <summary>The other side went away before it had the reply.</summary>
    public void Break()
    {
        Exchange = Exchange with { Outcome = VlmOutcome.Aborted, Status = 0 };
        if (_hasEnded)
        {
            log.Amend(Exchange);
        }

        End();
    }
}
