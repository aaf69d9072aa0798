using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>What a word does in a sentence about tags.</summary>
[Flags]
internal enum WordKinds
{
    /// <summary>Nothing that matters.</summary>
    None = 0,

    /// <summary>It denies: <c>no</c>, <c>not</c>, <c>absent</c>.</summary>
    Denial = 1,

    /// <summary>It affirms where it follows a tag or heads a list: <c>yes</c>, <c>present</c>.</summary>
    Yes = 1 << 1,

    /// <summary>It ends what a denial reaches: <c>but</c>.</summary>
    Turn = 1 << 2,

    /// <summary>Nobody can tell what a sentence with it says of a tag: <c>whether</c>, <c>might</c>.</summary>
    Doubt = 1 << 3,

    /// <summary>It affirms with less than full conviction: <c>appears</c>.</summary>
    Hedge = 1 << 4,

    /// <summary>It may stand between a denial and what is denied: <c>sign of</c>.</summary>
    Bridge = 1 << 5,

    /// <summary>It begins a predicate: <c>is</c>, <c>does</c>.</summary>
    Auxiliary = 1 << 6,

    /// <summary>It is the verb of a clause.</summary>
    Finite = 1 << 7,

    /// <summary>It joins tags to a list: <c>and</c>.</summary>
    Joiner = 1 << 8,

    /// <summary>It joins alternatives: <c>or</c>.</summary>
    Or = 1 << 9,

    /// <summary>It may stand within a list of tags: <c>the</c>, <c>tag</c>.</summary>
    InList = 1 << 10,

    /// <summary>It may stand between a tag and its confidence: <c>score</c>.</summary>
    Measure = 1 << 11,

    /// <summary>A predicate of tags: a sentence of <c>these do not apply</c> speaks of tags named before.</summary>
    Predicate = 1 << 12,

    /// <summary>As <see cref="Doubt"/>, but only before a tag: <c>between</c>, <c>before</c>.</summary>
    DoubtBefore = 1 << 13,

    /// <summary>It means tags named before: <c>these</c>.</summary>
    Pronoun = 1 << 14,

    /// <summary>It means tags that are not named: <c>other</c>.</summary>
    Rest = 1 << 15,

    /// <summary>It is what a number measures: <c>confidence</c>.</summary>
    Score = 1 << 16,
}

/// <summary>The words that sentences about tags are read by.</summary>
internal static class ProseWords
{
    private const int Longest = 16;

    private static readonly SearchValues<string> UnspacedDenials = SearchValues.Create(
        ["ない", "ません", "なし", "なく", "無", "无", "没", "沒", "不", "未", "非", "없", "않", "아니", "아닙"],
        StringComparison.Ordinal
    );

    private static readonly FrozenDictionary<string, WordKinds> Kinds = Build();

    private static readonly FrozenDictionary<string, WordKinds>.AlternateLookup<ReadOnlySpan<char>> Lookup = Kinds.GetAlternateLookup<
        ReadOnlySpan<char>
    >();

    /// <summary>Phrases that say something else than their words, and what is read in their place.</summary>
    public static readonly (string Phrase, string Meaning)[] Idioms =
    [
        ("no doubt", "surely"),
        ("without a doubt", "surely"),
        ("without doubt", "surely"),
        ("without any doubt", "surely"),
        ("without question", "surely"),
        ("no question", "surely"),
        ("no mistaking", "surely"),
        ("not only", "both"),
        ("not just", "both"),
        ("not merely", "both"),
        ("but also", "and"),
        ("rather than", "not"),
        ("instead of", "not"),
        ("as opposed to", "not"),
        ("as well as", "and"),
        ("not sure", "unsure"),
        ("not certain", "unsure"),
        ("not entirely", "unsure"),
        ("not completely", "unsure"),
        ("not clear if", "unsure"),
        ("not clear whether", "unsure"),
        ("not necessarily", "unsure"),
        ("can't tell", "unsure"),
        ("can’t tell", "unsure"),
        ("cannot tell", "unsure"),
        ("can't determine", "unsure"),
        ("cannot determine", "unsure"),
        ("can't be sure", "unsure"),
        ("cannot be sure", "unsure"),
        ("no idea", "unsure"),
        ("about to", "unsure"),
        ("as if", "unsure"),
        ("as though", "unsure"),
        ("too far", "unsure"),
        ("far from", "unsure"),
        ("e.g.", "example "),
        ("i.e.", "namely "),
        ("vs.", "or "),
    ];

    /// <summary>What a word does.</summary>
    public static WordKinds Of(ReadOnlySpan<char> word)
    {
        if (word.Length is > 0 and <= Longest && Lookup.TryGetValue(word, out var kinds))
        {
            return kinds;
        }

        // In languages without spaces it can't be told what a denial reaches.
        return !Ascii.IsValid(word) && word.ContainsAny(UnspacedDenials) ? WordKinds.Doubt : WordKinds.None;
    }

    private static FrozenDictionary<string, WordKinds> Build()
    {
        var kinds = new Dictionary<string, WordKinds>(StringComparer.OrdinalIgnoreCase);
        Add(
            WordKinds.Denial,
            "no not none never without nor neither nobody nothing nowhere cannot nope n absent absence lack lacks lacking missing "
                + "excluded rejected discarded dismissed ruled irrelevant inapplicable invisible undetected unseen incorrect wrong false devoid "
                + "nein non não нет negative ✗ ✘ ❌ ✖ ☐ "
                + "isnt arent doesnt dont isn't aren't doesn't don't can't wasn't weren't couldn't didn't hasn't haven't won't ain't "
                + "isn’t aren’t doesn’t don’t can’t wasn’t weren’t couldn’t didn’t hasn’t haven’t won’t ain’t"
        );
        // Denials of languages whose sentences are not taken apart.
        Add(
            WordKinds.Doubt,
            "kein keine keinen keiner keinem keines nicht nie niemand ohne weder fehlt fehlen pas aucun aucune sans jamais ningún ninguna "
                + "ninguno sin tampoco nunca nessun nessuna nessuno senza nenhum nenhuma sem nem geen niet zonder noch nooit не ни без "
                + "отсутствует отсутствуют nie bez brak inte ingen inga utan ikke yok değil není žádný ei"
        );
        Add(WordKinds.Yes, "yes y yep yeah true present visible detected applies applicable correct confirmed ja oui sí sì да ✓ ✔ ✅ ☑");
        Add(WordKinds.Turn, "but however only instead just merely while whereas although though except besides rather");
        Add(
            WordKinds.Doubt,
            "if whether might may maybe could should perhaps possibly possible potentially potential unclear unsure uncertain ambiguous "
                + "ambiguity inconclusive hard difficult hardly barely scarcely rarely seldom almost nearly unlikely unless confused confusing "
                + "mistaken imagine hypothetical otherwise suppose assume assuming unknown undetermined debatable questionable doubtful doubt "
                + "unconfirmed neutral instructions"
        );
        Add(
            WordKinds.DoubtBefore,
            "before after until between than like similar resemble resembles pretend pretending attempting consider considered considering "
                + "option options candidate candidates example choose choosing choice asked ask question determine decide deciding stopped stops "
                + "refuse refuses avoid avoids avoiding tried try trying fail fails failed mere"
        );
        Add(WordKinds.Pronoun, "these those they both it this that neither none either them all nothing");
        Add(WordKinds.Rest, "other others else rest remaining remainder anything further additional");
        Add(
            WordKinds.Hedge,
            "appears appear appearing seems seem seemingly likely probably apparently suggest suggests suggesting looks presumably believe think "
                + "guess would must partially partly somewhat"
        );
        Add(
            WordKinds.Auxiliary | WordKinds.Finite | WordKinds.Bridge,
            "is are was were am do does did can has have had it's there's that's he's she's they're we're it’s there’s that’s he’s she’s they’re"
        );
        Add(WordKinds.Auxiliary | WordKinds.Bridge, "be been being");
        Add(WordKinds.Finite | WordKinds.Bridge, "shows show contains contain depicts depict includes include features see apply remains");
        Add(
            WordKinds.Bridge,
            "a an any of sign signs evidence indication indications trace hint form kind type sort instance instances act acts action actions "
                + "activity actual actually really clear clearly visibly obvious obviously explicit direct one ones people person persons couple "
                + "man woman men women anyone anybody someone somebody they he she it this that these those there seen seeing showing shown "
                + "depicted depicting containing including involve involving involves find found think believe say detect observe observed "
                + "identify identified notice noticed recognize image picture photo frame scene in on here to for as label labels listed list "
                + "following longer yet currently engaged engaging doing performing happening happens occurring occurs taking place also such "
                + "both matching relevant match matches so even i all at with visible present applies applicable detected true case tag tags the and or nor"
        );
        Add(WordKinds.Joiner, "and or nor & / + plus und et y e и , |");
        Add(WordKinds.Or, "or nor / oder ou или");
        Add(WordKinds.Joiner, "oder ou или");
        Add(WordKinds.InList, "the a an tag tags label labels both any some also");
        Add(
            WordKinds.Measure,
            "confidence confident score scores rating probability prob certainty certain likelihood level conf low high medium very with a an of "
                + "is at sure yes present visible detected true approximately about around roughly : = ( [ ~ ≈ - – — | , @"
        );
        Add(WordKinds.Score, "confidence confident score scores rating probability prob certainty certain likelihood level conf");
        Add(
            WordKinds.Predicate,
            "present visible apply applies applicable seen detected shown there happening occurring case match matches depicted true correct "
                + "evident observed identified supported neither"
        );
        return kinds.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void Add(WordKinds kind, string words)
        {
            foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                kinds[word] = kinds.GetValueOrDefault(word) | kind;
            }
        }
    }
}
