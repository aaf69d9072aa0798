using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Tests.Shared;

/// <summary>Replies as servers and models really give them, and what each has to be read as.</summary>
internal static class ReplyCorpus
{
    /// <summary>The tags that were asked for.</summary>
    public static readonly string[] Tags = ["Kissing", "Hugging", "Waving", "Dancing", "Holding hands"];

    /// <summary>One picture: what came, and the tags with their confidence, <c>none</c>, or the kind of failure.</summary>
    public static readonly (string What, ChatReply Reply, string Expected)[] OnePicture =
    [
        // As asked for.
        (
            "schema",
            Says("""{"tags":[{"tag":"Kissing","confidence":0.92},{"tag":"Holding hands","confidence":0.4}]}"""),
            "Kissing 0.92, Holding hands 0.4"
        ),
        (
            "schema, pretty-printed",
            Says("{\n  \"tags\": [\n    {\n      \"tag\": \"Kissing\",\n      \"confidence\": 1.0\n    }\n  ]\n}\n"),
            "Kissing 1"
        ),
        ("schema, nothing seen", Says("""{"tags":[]}"""), "none"),
        ("schema, nothing seen, blanks", Says(" { \"tags\" : [ ] } "), "none"),
        ("names alone", Says("""{"tags":["Kissing","Waving"]}"""), "Kissing, Waving"),
        ("cut in the midst of an emoji", Says("""{"tags":["Kissing"],"note\ud83d":"\udc8b"}"""), "Kissing"),
        ("an object with half a surrogate pair after one that is broken", Says("""{"tags":[} {"nothing\ud83d":1}"""), "Unusable"),
        ("an emoji as escapes", Says("""{"tags":["Kissing"],"note":"\ud83d\udc8b"}"""), "Kissing"),
        ("content in parts", Says("""{"tags":["Kissing"]}"""), "Kissing"),
        // JSON, but not quite as asked for.
        ("confidence as text", Says("""{"tags":[{"tag":"Kissing","confidence":"0.8"}]}"""), "Kissing 0.8"),
        ("confidence as percentage", Says("""{"tags":[{"tag":"Kissing","confidence":85}]}"""), "Kissing 0.85"),
        (
            "confidence as percentage text",
            Says("""{"tags":[{"tag":"Kissing","confidence":"85%"},{"tag":"Waving","confidence":"1%"}]}"""),
            "Kissing 0.85, Waving 0.01"
        ),
        (
            "confidence in words",
            Says("""{"tags":[{"tag":"Kissing","confidence":"high"},{"tag":"Waving","confidence":"low"}]}"""),
            "Kissing 0.9, Waving 0.3"
        ),
        ("confidence out of range", Says("""{"tags":[{"tag":"Kissing","confidence":950},{"tag":"Waving","confidence":-3}]}"""), "Unusable"),
        ("confidence null", Says("""{"tags":[{"tag":"Kissing","confidence":null}]}"""), "Kissing"),
        ("score and label", Says("""{"labels":[{"label":"Kissing","score":0.7}]}"""), "Kissing 0.7"),
        (
            "other case and blanks",
            Says("""{"Tags":[{"Tag":" kissing ","Confidence":0.7},{"tag":"HOLDING_HANDS","confidence":0.6}]}"""),
            "Kissing 0.7, Holding hands 0.6"
        ),
        ("one tag alone", Says("""{"tag":"Waving","confidence":0.66}"""), "Waving 0.66"),
        ("one tag alone without confidence", Says("""{"tag":"Waving"}"""), "Waving"),
        ("one tag, none", Says("""{"tag":"none","confidence":0.9}"""), "none"),
        ("tag null", Says("""{"tag":null}"""), "none"),
        ("tags null", Says("""{"tags":null}"""), "none"),
        ("tags as text", Says("""{"description":"a couple","tags":"Kissing, Hugging"}"""), "Kissing, Hugging"),
        ("tags as empty text", Says("""{"tags":""}"""), "none"),
        ("tags as text: none", Says("""{"tags":"None"}"""), "none"),
        ("tags as list of none", Says("""{"tags":["none"]}"""), "none"),
        ("map to confidences", Says("""{"tags":{"Kissing":0.9,"Hugging":0.1}}"""), "Kissing 0.9, Hugging 0.1"),
        ("map to booleans", Says("""{"Kissing":true,"Hugging":false,"Waving":false}"""), "Kissing"),
        (
            "map to booleans, all false",
            Says("""{"Kissing":false,"Hugging":false,"Waving":false,"Dancing":false,"Holding hands":false}"""),
            "none"
        ),
        ("map to yes and no", Says("""{"Kissing":"yes","Hugging":"no"}"""), "Kissing"),
        (
            "map to objects",
            Says("""{"tags":{"Kissing":{"present":true,"confidence":0.8},"Waving":{"present":false,"confidence":0.9}}}"""),
            "Kissing 0.8"
        ),
        ("list of pairs", Says("""{"tags":[["Kissing",0.9],["Waving",0.2]]}"""), "Kissing 0.9, Waving 0.2"),
        ("list of maps", Says("""{"tags":[{"Kissing":0.9},{"Waving":0.2}]}"""), "Kissing 0.9, Waving 0.2"),
        ("present flags", Says("""{"tags":[{"tag":"Kissing","present":true},{"tag":"Waving","present":false}]}"""), "Kissing"),
        ("bare list", Says("""["Kissing","Waving"]"""), "Kissing, Waving"),
        ("bare empty list", Says("[]"), "none"),
        ("bare list of objects", Says("""[{"tag":"Kissing","confidence":0.5}]"""), "Kissing 0.5"),
        ("form for many pictures", Says("""{"pictures":[{"picture":1,"tags":[{"tag":"Kissing","confidence":0.9}]}]}"""), "Kissing 0.9"),
        ("form for many, wrong number", Says("""{"pictures":[{"picture":7,"tags":["Kissing"]}]}"""), "Kissing"),
        ("wrapped", Says("""{"answer":{"tags":["Kissing"]}}"""), "Kissing"),
        ("named after the picture", Says("""{"picture_1":{"tags":["Kissing"]}}"""), "Kissing"),
        ("tool call in text", Says("""{"name":"frame_tags","arguments":{"tags":["Kissing"]}}"""), "Kissing"),
        ("confidence inside the name", Says("""{"tags":["Kissing (0.9)","Waving: 40%"]}"""), "Kissing 0.9, Waving 0.4"),
        ("twice the same", Says("""{"tags":["Kissing","kissing"]}"""), "Kissing"),
        ("trailing comma", Says("""{"tags":["Kissing",]}"""), "Kissing"),
        ("comments", Says("{\"tags\":[\"Kissing\" /* sure */]} // done"), "Kissing"),
        ("unknown tags", Says("""{"tags":["Running","Kissing","Jumping"]}"""), "Kissing + 2 unknown"),
        ("only unknown tags", Says("""{"tags":["Running"]}"""), "none + 1 unknown"),
        // JSON in something else.
        ("fence", Says("```json\n{\"tags\":[\"Kissing\"]}\n```"), "Kissing"),
        ("fence without language, prose around", Says("Here is the result:\n```\n{\"tags\":[]}\n```\nLet me know!"), "none"),
        ("prose around", Says("Sure! {\"tags\":[{\"tag\":\"Waving\",\"confidence\":0.8}]} Hope this helps."), "Waving 0.8"),
        ("draft, then answer", Says("First {\"tags\":[\"Kissing\"]}, but looking again: {\"tags\":[\"Hugging\"]}"), "Hugging"),
        ("braces in prose", Says("In {this} picture [see above]: {\"tags\":[\"Kissing\"]}"), "Kissing"),
        ("template echoed, then answer", Says("""Form {"tags": [...]}. Answer: {"tags": ["Kissing"]}"""), "Kissing"),
        ("chat template leftovers", Says("{\"tags\":[\"Kissing\"]}<|im_end|>\n<|endoftext|>"), "Kissing"),
        ("bom and blanks", Says("\uFEFF\n {\"tags\":[\"Kissing\"]}"), "Kissing"),
        // Reasoning.
        (
            "Qwen: think block",
            Says("<think>\nThey could be hugging. {\"tags\":[\"Hugging\"]}\n</think>\n\n{\"tags\":[\"Kissing\"]}"),
            "Kissing"
        ),
        ("Qwen: empty think block", Says("<think>\n\n</think>\n\n{\"tags\":[\"Kissing\"]}"), "Kissing"),
        ("Qwen: think began in the prompt", Says("They are hugging? No, kissing.\n</think>\n{\"tags\":[\"Kissing\"]}"), "Kissing"),
        ("Magistral: THINK block", Says("[THINK]Hugging?[/THINK]{\"tags\":[\"Kissing\"]}"), "Kissing"),
        ("Kimi-VL: think block", Says("◁think▷Hugging?◁/think▷{\"tags\":[\"Kissing\"]}"), "Kissing"),
        (
            "gpt-oss: channels",
            Says("<|channel|>analysis<|message|>Hugging?<|end|><|start|>assistant<|channel|>final<|message|>{\"tags\":[\"Kissing\"]}"),
            "Kissing"
        ),
        ("LM Studio: JSON in reasoning_content", Thinks("""{"tags":[{"tag":"Kissing","confidence":0.9}]}"""), "Kissing 0.9"),
        (
            "LM Studio: reasoning, then JSON, in reasoning_content",
            Thinks("The form is {\"tags\": []}. I see a kiss.\n{\"tags\":[\"Kissing\"]}"),
            "Kissing"
        ),
        ("think block never closed, answer inside", Says("<think>They kiss.\n{\"tags\":[\"Kissing\"]}"), "Kissing"),
        ("reasoning without a conclusion", Thinks("Kissing or hugging?\nI should look at the hands."), "Unusable"),
        ("reasoning that ends with the answer", Thinks("There are two people.\nA couple on a bench | Hugging"), "Hugging"),
        ("Ollama: thinking used up the budget", Says("", "length"), "Cut"),
        ("Ollama: thinking used up the budget, thoughts given", Thinks("""Maybe {"tags":["Kissing"]} or""", "length"), "Cut"),
        ("think block cut", Says("<think>Is this {\"tags\":[\"Kissing\"]}", "length"), "Cut"),
        // description | tags
        ("description and tags", Says("Two people on a bench | Kissing, Hugging"), "Kissing, Hugging"),
        ("description and one tag", Says("Two people on a bench.|kissing."), "Kissing"),
        ("description and no tag", Says("An empty room |"), "none"),
        ("description and none", Says("An empty room | None"), "none"),
        ("description and no tags", Says("An empty room | No tags"), "none"),
        ("description over lines", Says("Two people.\nThey are close.\n\nA couple | Kissing\n"), "Kissing"),
        ("tags on the next line", Says("A couple |\nKissing, Waving"), "Kissing, Waving"),
        ("bars between the tags", Says("A couple | Kissing | Waving"), "Kissing, Waving"),
        ("denying description", Says("No hugging here, not at all | Kissing"), "Kissing"),
        ("description, unknown tag", Says("A man | Running, Kissing"), "Kissing + 1 unknown"),
        ("description, only unknown", Says("A man | Running"), "none + 1 unknown"),
        ("description, confidences", Says("A couple | Kissing (0.9), Waving: 40%"), "Kissing 0.9, Waving 0.4"),
        ("description, cut", Says("A couple | Kissing, Holding", "length"), "Cut"),
        // Boxes.
        ("GLM: box", Says("The couple is kissing.\n<|begin_of_box|>Kissing, Hugging<|end_of_box|>"), "Kissing, Hugging"),
        ("GLM: box with JSON", Says("<think>hm</think><answer><|begin_of_box|>{\"tags\":[\"Kissing\"]}<|end_of_box|></answer>"), "Kissing"),
        ("GLM: box with none", Says("<|begin_of_box|>none<|end_of_box|>"), "none"),
        ("GLM: empty box", Says("<|begin_of_box|><|end_of_box|>"), "none"),
        ("GLM: box not closed", Says("They wave. <|begin_of_box|>Waving"), "Waving"),
        ("GLM: two boxes", Says("<|begin_of_box|>Hugging<|end_of_box|> no, <|begin_of_box|>Kissing<|end_of_box|>"), "Kissing"),
        ("GLM: description in the box", Says("<|begin_of_box|>A couple | Kissing<|end_of_box|>"), "Kissing"),
        ("LaTeX box", Says(@"So the answer is \boxed{Kissing}."), "Kissing"),
        ("LaTeX box with text", Says(@"$\boxed{\text{Kissing, Waving}}$"), "Kissing, Waving"),
        // Lists.
        ("one word", Says("Kissing"), "Kissing"),
        ("one word, quoted", Says("\"kissing\"."), "Kissing"),
        ("comma list", Says("Kissing, Holding hands"), "Kissing, Holding hands"),
        ("markdown list", Says("- **Kissing**\n- **Waving**\n"), "Kissing, Waving"),
        ("numbered list", Says("1. Kissing\n2. Holding hands"), "Kissing, Holding hands"),
        (
            "markdown list with prose",
            Says("The following tags apply:\n\n* **Kissing** - their lips touch\n* **Hugging** - arms around each other\n"),
            "Kissing, Hugging"
        ),
        ("list with confidences", Says("- Kissing: 0.9\n- Waving: 0.25"), "Kissing 0.9, Waving 0.25"),
        ("list with yes and no", Says("Kissing: yes\nHugging: no\nWaving: No\nDancing: no\nHolding hands: yes"), "Kissing, Holding hands"),
        ("list with no everywhere", Says("Kissing: no\nHugging: no\nWaving: no\nDancing: no\nHolding hands: no"), "none"),
        (
            "markdown table",
            Says("| Tag | Visible | Confidence |\n|---|---|---|\n| Kissing | Yes | 0.9 |\n| Hugging | No | 0.1 |\n"),
            "Kissing 0.9"
        ),
        ("none", Says("None"), "none"),
        ("none, with a full stop", Says("none of the above."), "none"),
        ("nothing, quoted", Says("\"No tags\""), "none"),
        // Prose.
        ("prose", Says("The two people in the foreground are kissing."), "Kissing"),
        ("prose, other case", Says("I can see KISSING and holding hands here."), "Kissing, Holding hands"),
        ("prose, part of a word", Says("The Kissinger portrait."), "Unusable"),
        ("prose, denied", Says("There is no kissing, but they are hugging."), "Hugging"),
        ("prose, denied in another sentence", Says("They are hugging. It is not kissing."), "Hugging"),
        ("prose, denied behind", Says("Kissing is not visible. Waving is visible."), "Waving"),
        (
            "prose, all denied, one by one",
            Says("I see neither kissing nor hugging. Waving, dancing and holding hands are not visible either."),
            "none"
        ),
        ("prose, none of the tags", Says("None of the listed tags apply to this picture."), "none"),
        ("prose, only denials", Says("This is not kissing."), "Unusable"),
        ("prose, recital of the list", Says("The tags are Kissing, Hugging, Waving, Dancing and Holding hands."), "Unusable"),
        ("prose, no tag at all", Says("A quiet street in the rain."), "Unusable"),
        ("Python literal", Says("{'tags': ['Kissing', 'Waving']}"), "Kissing, Waving"),
        ("Python literal, nothing", Says("{'tags': []}"), "none"),
        ("Python literal with an empty list in it", Says("{'tags': ['Kissing'], 'others': []}"), "Kissing"),
        (
            "bad escape",
            Says("""{"description":"a \x couple","tags":[{"tag":"Kissing","confidence":0.9},{"tag":"Waving","confidence":0.8}]}"""),
            "Kissing 0.9, Waving 0.8"
        ),
        ("line break in a text", Says("{\"description\":\"a\ncouple\",\"tags\":[\"Kissing\",\"Waving\"]}"), "Kissing, Waving"),
        ("missing comma", Says("""{"Kissing": true "Hugging": false, "Waving": true}"""), "Kissing, Waving"),
        ("YAML", Says("tags:\n  - Kissing\n  - Waving\n"), "Kissing, Waving"),
        ("XML", Says("<tags><tag>Kissing</tag></tags>"), "Kissing"),
        // Not answered.
        ("empty", Says(""), "Empty"),
        ("blank", Says(" \n\t "), "Empty"),
        ("only an empty think block", Says("<think></think>"), "Empty"),
        ("OpenAI: refusal field", new ChatReply { Refusal = "I'm sorry, I can't assist with that.", FinishReason = "stop" }, "Refused"),
        ("OpenAI: content filter", Says("", "content_filter"), "Refused"),
        ("refusal in words", Says("I'm sorry, but I can't help with identifying people in images."), "Refused"),
        ("refusal that names tags", Says("I cannot assist with deciding whether this is kissing or hugging."), "Refused"),
        (
            "refusal, typographic",
            Says("I’m sorry, I can’t tell whether it is Kissing, Hugging, Waving, Dancing or Holding hands."),
            "Refused"
        ),
        ("half JSON", Says("""{"tags":[{"tag":"Kissing","confidence":0.9},{"tag":"Hug"""), "Cut"),
        ("half JSON, length", Says("""{"tags":[{"tag":"Kissing","confidence":0.9},{"tag":"Hug""", "length"), "Cut"),
        ("half JSON in a fence", Says("```json\n{\"tags\": [\"Kissing\", "), "Cut"),
        ("whole JSON, then cut", Says("{\"tags\":[\"Kissing\"]}\nExplanation: the two", "length"), "Kissing"),
        (
            "schema echoed",
            Says("""{"type":"object","properties":{"tags":{"type":"array","items":{"type":"string"}}},"required":["tags"]}"""),
            "Unusable"
        ),
        ("schema's inside echoed", Says("""{"tags":{"type":"array","items":{"type":"string"}}}"""), "Unusable"),
        ("empty object", Says("{}"), "Unusable"),
        ("error object", Says("""{"error":"could not load image"}"""), "Unusable"),
        ("list of numbers", Says("""{"tags":[1,2,3]}"""), "Unusable"),
        ("number", Says("42"), "Unusable"),
        ("half a surrogate pair", Says("""{"tags":["\ud83d"]}"""), "Unusable"),
        ("noise", Says("�����@@@@@@@@@@@@@@@@"), "Unusable"),
        ("repetition until the budget", Says(string.Concat(Enumerable.Repeat("Kissing, ", 200)), "length"), "Cut"),
    ];

    /// <summary>Three pictures: tags of each, <c>-</c> where the reply leaves one out, or the kind of failure.</summary>
    public static readonly (string What, ChatReply Reply, string Expected)[] ThreePictures =
    [
        (
            "schema",
            Says("""{"pictures":[{"picture":1,"tags":["Kissing"]},{"picture":2,"tags":[]},{"picture":3,"tags":["Waving"]}]}"""),
            "Kissing; none; Waving"
        ),
        (
            "out of order",
            Says("""{"pictures":[{"picture":3,"tags":["Waving"]},{"picture":1,"tags":["Kissing"]},{"picture":2,"tags":[]}]}"""),
            "Kissing; none; Waving"
        ),
        ("one left out", Says("""{"pictures":[{"picture":1,"tags":["Kissing"]},{"picture":3,"tags":[]}]}"""), "Kissing; -; none"),
        (
            "one twice",
            Says("""{"pictures":[{"picture":1,"tags":["Kissing"]},{"picture":1,"tags":[]},{"picture":3,"tags":[]}]}"""),
            "-; -; none"
        ),
        (
            "counted from zero",
            Says("""{"pictures":[{"picture":0,"tags":["Kissing"]},{"picture":1,"tags":[]},{"picture":2,"tags":["Waving"]}]}"""),
            "Kissing; none; Waving"
        ),
        ("numbers as text", Says("""{"frames":[{"frame":"Frame 2","tags":["Kissing"]}]}"""), "-; Kissing; -"),
        (
            "without numbers, one each",
            Says("""{"pictures":[{"tags":["Kissing"]},{"tags":[]},{"tags":["Waving"]}]}"""),
            "Kissing; none; Waving"
        ),
        ("without numbers, one missing", Says("""{"pictures":[{"tags":["Kissing"]},{"tags":[]}]}"""), "Unusable"),
        ("bare list", Says("""[["Kissing"],[],["Waving"]]"""), "Kissing; none; Waving"),
        ("by key", Says("""{"1":["Kissing"],"2":[],"3":{"tags":["Waving"]}}"""), "Kissing; none; Waving"),
        ("by named key", Says("""{"picture_1":{"tags":["Kissing"]},"picture_2":{"tags":[]}}"""), "Kissing; none; -"),
        (
            "one JSON each line",
            Says("{\"picture\":1,\"tags\":[\"Kissing\"]}\n{\"picture\":2,\"tags\":[]}\n{\"picture\":3,\"tags\":[\"Waving\"]}"),
            "Kissing; none; Waving"
        ),
        (
            "too many",
            Says(
                """{"pictures":[{"picture":1,"tags":["Kissing"]},{"picture":2,"tags":[]},{"picture":3,"tags":[]},{"picture":4,"tags":["Waving"]}]}"""
            ),
            "Kissing; none; none"
        ),
        (
            "one unreadable",
            Says("""{"pictures":[{"picture":1,"tags":["Kissing"]},{"picture":2,"tags":7},{"picture":3,"tags":[]}]}"""),
            "Kissing; -; none"
        ),
        ("as for one picture", Says("""{"tags":["Kissing"]}"""), "Unusable"),
        (
            "plain, numbered",
            Says("Picture 1: A couple | Kissing\nPicture 2: A room | none\nPicture 3: A man | Waving"),
            "Kissing; none; Waving"
        ),
        ("plain, markdown", Says("**Picture 1** (00:00:00)\nA couple | Kissing\n\n**Picture 3**\nA man | Waving\n"), "Kissing; -; Waving"),
        ("plain, a line each", Says("A couple | Kissing\nA room | none\nA man | Waving"), "Kissing; none; Waving"),
        (
            "plain, a line each that begins with a number",
            Says("2 people | Kissing\n1 room | none\n3 men | Waving"),
            "Kissing; none; Waving"
        ),
        ("plain, lines missing", Says("A couple | Kissing\nA room | none"), "Unusable"),
        ("cut", Says("""{"pictures":[{"picture":1,"tags":["Kissing"]},{"pict""", "length"), "Cut"),
        ("refused", Says("I'm sorry, I can't help with that."), "Refused"),
    ];

    private static ChatReply Says(string content, string finishReason = "stop") => new() { Content = content, FinishReason = finishReason };

    private static ChatReply Thinks(string reasoning, string finishReason = "stop") =>
        new() { Reasoning = reasoning, FinishReason = finishReason };
}
