"""Questions and answers out of tables, Word documents and saved pages, all of them untrusted."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from bot.errors import Invalid
from bot.knowledge.exchange import csv_file, docx_file, html_file
from bot.knowledge.exchange.entries import Found, read_bytes, read_entries
from bot.knowledge.exchange.prose import link, safe_address, split_lead, typed
from bot.knowledge.markdown import blocks, outside_subset, plain


def table(text: str) -> Found:
    return csv_file.read(text.encode(), "faq.csv")


def page(html: str) -> Found:
    return html_file.read(html.encode(), "faq.html")


def pairs(found: Found) -> list[tuple[str, str]]:
    return [(one.question, one.answer) for one in found.entries]


# --- tables


def test_a_table_is_read_whatever_the_order_of_its_columns() -> None:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["Answer", "Question", "Lang", "Variants", "Source URL", "Topics"])
    writer.writerow(
        [
            "Yes,\nwe do.",
            "Parking?",
            "en",
            "is there parking | where to park",
            "www.a.example",
            "x.y",
        ]
    )

    found = table(written.getvalue())

    assert found.bad == []
    (entry,) = found.entries
    assert (entry.where, entry.question, entry.answer) == ("line 2", "Parking?", "Yes, we do.")
    assert entry.variants == ("is there parking", "where to park")
    assert (entry.language, entry.topics) == ("en", ("x.y",))
    assert entry.source_url == "www.a.example"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_by_itself(separator: str) -> None:
    found = table(
        f"question{separator}answer\nA, or B; or C?{separator}Yes\n".replace(
            "A, or B; or C?", '"A, or B; or C?"'
        )
    )
    assert pairs(found) == [("A, or B; or C?", "Yes")]


def test_spanish_column_names_and_a_byte_order_mark_are_understood() -> None:
    found = csv_file.read("\ufeffPregunta;Respuesta;Idioma\n¿Hay?;Sí;es\n".encode(), "faq.csv")
    assert [(one.question, one.language) for one in found.entries] == [("¿Hay?", "es")]


def test_a_table_of_excel_in_utf_16_is_read() -> None:
    found = csv_file.read("question\tanswer\n¿Hay?\tSí\n".encode("utf-16"), "faq.txt")
    assert pairs(found) == [("¿Hay?", "Sí")]


def test_a_wrong_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid) as error:
        csv_file.read("question,answer\nok?,yes\n¿Cuándo?,hoy\n".encode("latin-1"), "faq.csv")
    assert "line 3" in error.value.message
    assert "UTF-8" in (error.value.remedy or "")


def test_a_workbook_is_refused_as_no_table() -> None:
    with pytest.raises(Invalid) as error:
        csv_file.read(b"PK\x03\x04\x00\x00question,answer\n", "faq.xlsx")
    assert "workbook" in (error.value.remedy or "")


def test_a_table_without_the_column_of_answers_names_it() -> None:
    with pytest.raises(Invalid) as error:
        table("question,reply\nok?,yes\n")
    assert error.value.field == "answer"


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(Invalid) as error:
        table("question,pregunta,answer\na?,b?,c\n")
    assert "two columns" in error.value.message


def test_unknown_columns_are_listed() -> None:
    assert table("question,answer,Owner,\na?,b,me,\n").notes == ["columns not used: Owner"]


def test_lines_are_counted_over_quoted_newlines_and_empty_rows() -> None:
    found = table('question,answer\n"a\nb?","c\nd"\n\n,,\ne?,f\n')
    assert [one.where for one in found.entries] == ["line 2", "line 7"]


def test_a_row_with_too_many_cells_is_listed_and_the_others_are_kept() -> None:
    found = table("question,answer\na?,yes, we do\nb?,no\n")
    assert [row.where for row in found.bad] == ["line 2"]
    assert "quotes" in found.bad[0].remedy
    assert pairs(found) == [("b?", "no")]


def test_a_quote_nobody_closed_costs_its_own_row_only() -> None:
    found = table('question,answer\na?,"yes\nb?,no\n"c?","""Quoted"" words"\n')
    assert [row.where for row in found.bad] == ["line 2"]
    assert pairs(found) == [("b?", "no"), ("c?", '"Quoted" words')]


def test_markup_in_a_cell_becomes_words_and_scripts_are_gone() -> None:
    found = table(
        "question,answer\n"
        '<b>Cost?</b>,"<p>It is <b>free</b>.<script>alert(1)</script></p>'
        '<img src=x onerror=alert(1)><a href=""javascript:alert(1)"">here</a>"\n'
    )
    assert pairs(found) == [("Cost?", "It is **free**.\n\nhere")]
    assert any("picture" in note for note in found.notes)


def test_typed_lists_links_and_headings_fit_the_subset() -> None:
    text = typed(
        "# Bring\n• your card\n• a photo ID\n\nSee [us](http://a.example/x) or [run](javascript:x) "
        "![p](http://a.example/p.png)\n1) first\n2) second\nhttp://b.example"
    )
    assert outside_subset(text) == []
    assert "- your card\n- a photo ID" in text
    assert "[us](https://a.example/x)" in text
    assert "javascript" not in text
    assert "1. first\n2. second" in text
    assert "https://b.example" in text


@pytest.mark.parametrize(
    "address",
    [
        *(
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
        ),
        *(
            "vbscript:x",
            "file:///etc/passwd",
            "/relative",
            "#part",
            "",
            "https://",
            "ftp://a.example",
        ),
    ],
)
def test_an_address_that_is_not_safe_to_press_is_no_link(address: str) -> None:
    assert safe_address(address) is None
    assert link("here", address) == "here"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("http://a.example/x", "https://a.example/x"),
        ("//a.example", "https://a.example"),
        ("www.a.example", "https://www.a.example"),
        ("TEL:512-555-0100", "tel:512-555-0100"),
        ("https://a.example/(x) y", "https://a.example/%28x%29%20y"),
    ],
)
def test_an_address_is_made_safe_where_it_can_be(address: str, safe: str) -> None:
    assert safe_address(address) == safe


def test_the_first_sentences_become_the_answer_and_the_rest_more() -> None:
    first = "We take most plans. " + "Word " * 50 + "end."
    lead, more = split_lead(f"{first} This sentence is too much for the answer.\n\n- a\n- b")
    assert lead == first
    assert more == "This sentence is too much for the answer.\n\n- a\n- b"


def test_a_short_answer_has_no_more() -> None:
    assert split_lead("Yes.\n\nWe do.") == ("Yes.\n\nWe do.", None)


def test_a_line_that_announces_a_list_goes_with_its_list() -> None:
    long_list = "\n".join(f"- thing number {number} to bring" for number in range(15))
    assert split_lead(f"Come early. Please bring:\n\n{long_list}") == (
        "Come early.",
        f"Please bring:\n\n{long_list}",
    )


def test_a_first_sentence_that_is_too_long_stays_whole() -> None:
    sentence = "word " * 70 + "end."
    assert split_lead(f"{sentence} Short.") == (sentence, "Short.")


# --- Word


def document(build: Any) -> Found:
    made = docx.Document()
    build(made)
    return docx_file.read(saved(made), "faq.docx")


def saved(made: Any) -> bytes:
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def test_headings_of_any_level_are_questions_and_what_follows_is_the_answer() -> None:
    def build(made: Any) -> None:
        made.add_paragraph("Welcome.")
        made.add_heading("Billing", 1)
        made.add_heading("How do I pay?", 2)
        text = made.add_paragraph("Pay ")
        text.add_run("online").bold = True
        text.add_run(" or ")
        text.add_run("by mail").italic = True
        text.add_run(". Not *this* [x](y).")
        made.add_paragraph("a card", style="List Bullet")
        made.add_paragraph("a check", style="List Bullet")
        made.add_paragraph("call", style="List Number")
        made.add_heading("Do you take cash?", 3)
        made.add_paragraph("Yes.")

    found = document(build)

    assert [one.question for one in found.entries] == ["How do I pay?", "Do you take cash?"]
    answer = found.entries[0].answer
    assert answer.startswith("Pay **online** or *by mail*. Not \\*this\\* [x]\\(y).")
    assert "- a card\n- a check" in answer
    assert answer.endswith("1. call")
    assert plain(answer).startswith("Pay online or by mail. Not *this* [x](y).")
    assert "1 headings without text below them taken as titles of sections" in found.notes
    assert "1 paragraphs before the first question not taken" in found.notes


def test_lists_keep_bullets_numbers_and_depth() -> None:
    def build(made: Any) -> None:
        made.add_heading("What do I bring?", 1)
        made.add_paragraph("papers", style="List Bullet")
        made.add_paragraph("your card", style="List Bullet 2")
        made.add_paragraph("first", style="List Number")

    (entry,) = document(build).entries

    assert entry.answer == "- papers\n   - your card\n1. first"
    shapes = [(block["ordered"], len(block["items"])) for block in blocks(entry.answer)]
    assert shapes == [(False, 1), (True, 1)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Q: Is it free?", "A: Yes."),
        ("P. ¿Es gratis?", "R. Sí."),
        ("Question 3: Free?", "Answer: Yes."),
    ],
)
def test_lines_that_say_they_are_questions_are(question: str, answer: str) -> None:
    def build(made: Any) -> None:
        made.add_paragraph(question)
        made.add_paragraph(answer)

    (entry,) = document(build).entries
    assert entry.question == question.split(maxsplit=2 if "3" in question else 1)[-1]
    assert entry.answer in ("Yes.", "Sí.")


def test_a_bold_line_is_a_question_and_bold_words_are_not() -> None:
    def build(made: Any) -> None:
        made.add_paragraph().add_run("Is it free?").bold = True
        made.add_paragraph().add_run("Important:").bold = True
        made.add_paragraph("Yes.").add_run(" Always?").bold = True

    (entry,) = document(build).entries
    assert entry.question == "Is it free?"
    assert entry.answer == "**Important:**\n\nYes. **Always?**"


def test_links_of_a_document_are_kept_when_they_are_safe() -> None:
    def hyperlink(paragraph: Any, text: str, address: str) -> None:
        relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        element = OxmlElement("w:hyperlink")
        element.set(qn("r:id"), relation)
        run = OxmlElement("w:r")
        words = OxmlElement("w:t")
        words.text = text
        run.append(words)
        element.append(run)
        paragraph._p.append(element)

    def build(made: Any) -> None:
        made.add_heading("Where?", 1)
        paragraph = made.add_paragraph("See ")
        hyperlink(paragraph, "our page", "http://a.example/x")
        hyperlink(paragraph, "this", "javascript:alert(1)")

    (entry,) = document(build).entries
    assert entry.answer == "See [our page](https://a.example/x)this"


def test_tables_and_pictures_of_a_document_are_counted_as_not_taken() -> None:
    def build(made: Any) -> None:
        made.add_heading("Prices?", 1)
        made.add_table(2, 2).cell(0, 0).text = "in a table"
        made.add_paragraph("Ask us.")

    found = document(build)
    assert pairs(found) == [("Prices?", "Ask us.")]
    assert any("1 table not taken" in note for note in found.notes)


def test_a_question_without_an_answer_is_kept_to_be_told() -> None:
    found = document(lambda made: made.add_heading("Is it free?", 1))
    assert pairs(found) == [("Is it free?", "")]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"hello", "damaged"),
        (b"\xd0\xcf\x11\xe0old word file", "old or protected"),
        (b"PK\x03\x04cut off", "damaged"),
    ],
)
def test_what_is_no_document_is_refused_in_words(content: bytes, word: str) -> None:
    with pytest.raises(Invalid) as error:
        docx_file.read(content, "faq.docx")
    assert word in error.value.message
    assert error.value.remedy


def test_another_zip_file_is_refused_as_no_document() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(Invalid, match="no Word document"):
        docx_file.read(kept.getvalue(), "faq.docx")


def test_a_document_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(docx_file.UNPACKED + 1))
    assert len(kept.getvalue()) < 1_000_000
    with pytest.raises(Invalid, match="unpacks to more than 100 MB"):
        docx_file.read(kept.getvalue(), "faq.docx")


def test_entities_of_a_document_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    made = docx.Document()
    made.add_heading("Free?", 1)
    made.add_paragraph("ANSWER")
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(made))) as old, zipfile.ZipFile(kept, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "word/document.xml":
                doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
                content = content.replace(b"?>", b"?>" + doctype, 1).replace(b"ANSWER", b"[&e;]")
            new.writestr(part, content)
    try:
        found = docx_file.read(kept.getvalue(), "faq.docx")
    except Invalid:
        return
    assert "secret" not in str(found)


# --- pages


def test_the_faq_page_of_schema_org_is_read_from_json() -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": ["WebPage", "FAQPage"],
                "inLanguage": "es-US",
                "mainEntity": [
                    {
                        "@type": "Question",
                        "name": "&iquest;Es <b>gratis</b>?",
                        "acceptedAnswer": {
                            "@type": "Answer",
                            "text": "<p>S&iacute;. <a href='http://a.example'>Vea</a></p>"
                            "<ul><li>uno<li>dos</ul>",
                        },
                    },
                    {"@type": "Question", "name": "Plain?", "acceptedAnswer": [{"text": "Yes."}]},
                ],
            }
        ],
    }
    found = page(f'<script type="application/ld+json">{json.dumps(data)}</script>')

    assert pairs(found) == [
        ("¿Es gratis?", "Sí. [Vea](https://a.example)\n\n- uno\n- dos"),
        ("Plain?", "Yes."),
    ]
    assert found.entries[0].language == "es-US"


@pytest.mark.parametrize("broken", ["{", "[" * 100_000, '{"@type": "FAQPage", "mainEntity": 7}'])
def test_broken_faq_data_does_not_stop_the_page_from_being_read(broken: str) -> None:
    found = page(f'<script type="application/ld+json">{broken}</script><h2>Free?</h2><p>Yes.</p>')
    assert pairs(found) == [("Free?", "Yes.")]
    assert [row.where for row in found.bad] == ([] if "FAQPage" in broken else ["line 1"])


def test_microdata_is_read() -> None:
    found = page(
        '<div itemscope itemtype="https://schema.org/FAQPage"><div itemscope itemprop="mainEntity" '
        'itemtype="https://schema.org/Question"><h3 itemprop="name">Free?</h3><div itemscope '
        'itemprop="acceptedAnswer" itemtype="https://schema.org/Answer"><div itemprop="text">'
        "<p>Yes, <em>always</em>.</p></div></div></div></div>"
    )
    assert pairs(found) == [("Free?", "Yes, *always*.")]


def test_details_terms_and_headings_are_read_once_each() -> None:
    found = page(
        "<html lang=en><body><nav><a>Is this a menu?</a></nav>"
        "<details><summary>One?</summary><p>First.</p></details>"
        "<dl><dt>Two</dt><dd>Second.</dd><dd>More.</dd><dt>Three</dt><dd>Third.</dd></dl>"
        "<h2>About us</h2><p>No question.</p>"
        "<div><h3><button>Four?</button></h3></div><div><p>Fourth.<br>Line.</p></div>"
        "<h3>One?</h3><p>Again.</p></body></html>"
    )
    assert pairs(found) == [
        ("One?", "First."),
        ("Two", "Second.\n\nMore."),
        ("Three", "Third."),
        ("Four?", "Fourth.\n\nLine."),
    ]
    assert {one.language for one in found.entries} == {"en"}


def test_the_nearest_language_counts() -> None:
    found = page('<html lang=en><div lang="es"><h2>¿Gratis?</h2><p>Sí.</p></div></html>')
    assert found.entries[0].language == "es"


def test_scripts_styles_and_events_of_a_page_leave_no_trace() -> None:
    found = page(
        "<h2>Free?<script>alert('q')</script></h2><p onclick=alert(1)>Yes<style>p{}</style>"
        "<svg onload=alert(1)><text>svg</text></svg><iframe srcdoc='<p>frame'></iframe>"
        "<a href='java&#10;script:alert(1)'>go</a> &lt;img src=x onerror=alert(1)&gt;</p>"
        "<template>hidden</template><!-- comment -->"
    )
    (entry,) = found.entries
    assert entry.question == "Free?"
    for trace in (
        "alert('q')",
        "alert(1)>Yes",
        "p{}",
        "svg",
        "frame",
        "script",
        "hidden",
        "comment",
    ):
        assert trace not in entry.answer
    assert "[go]" not in entry.answer
    drawn = json.dumps(blocks(entry.answer))
    assert '"type": "html' not in drawn


def test_nested_lists_and_paragraphs_inside_items_stay_lists() -> None:
    found = page(
        "<h2>Bring?</h2><ol><li><p>Papers</p><p>all of them</p><ul><li>card</li><li>ID</li></ul>"
        "</li><li>Money</li></ol>"
    )
    assert found.entries[0].answer == "1. Papers all of them\n   - card\n   - ID\n2. Money"


def test_a_deep_page_is_read_and_one_without_end_is_refused() -> None:
    found = page("<h2>Deep?</h2>" + "<div>" * 500 + "Yes." + "</div>" * 500)
    assert pairs(found) == [("Deep?", "Yes.")]
    with pytest.raises(Invalid, match="nested too deeply"):
        page("<h2>Deep?</h2>" + "<div>" * 5_000 + "Yes.")


def test_control_characters_and_half_letters_are_cleaned() -> None:
    data = '{"@type":"Question","name":"Fr\\u0000ee?","acceptedAnswer":{"text":"Yes \\ud800."}}'
    found = page(f'<script type="application/ld+json">{data}</script>')
    assert pairs(found) == [("Free?", "Yes ?.")]


# --- sizes


def test_a_file_that_is_too_large_or_empty_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_bytes(b"x" * 1_000_001)
    with pytest.raises(Invalid, match="larger than 1 MB"):
        read_bytes(path, 1)
    path.write_bytes(b" \n")
    with pytest.raises(Invalid, match="is empty"):
        read_bytes(path, 1)


def test_more_questions_than_can_be_taken_at_once_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\n" + "a?,b\n" * 2_001, "utf-8")
    with pytest.raises(Invalid, match="2001 questions"):
        read_entries(path, 5, csv_file.read)
