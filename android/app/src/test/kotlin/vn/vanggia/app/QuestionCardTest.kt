package vn.vanggia.app

import android.view.View
import android.widget.CompoundButton
import android.widget.EditText
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import vn.vanggia.app.form.ChoiceScreen
import vn.vanggia.app.form.PhotoDesk
import vn.vanggia.app.form.QuestionCard
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.ChoiceView
import vn.vanggia.core.ProblemView
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView

/** Each kind of question on the smallest phone there is, with the letters made larger. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "vi-w320dp-h569dp-hdpi")
class QuestionCardTest {
    private lateinit var controller: ActivityController<MainActivity>
    private lateinit var finger: Finger
    private val given = ArrayList<AnswerValue>()

    @Before
    fun open() {
        RuntimeEnvironment.setFontScale(1.3f)
        controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        finger = Finger(controller.get())
        finger.settle()
    }

    @After
    fun close() = controller.close()

    private inner class Cards(host: MainActivity, private val questions: List<QuestionView>) : Screen(host), PhotoDesk {
        override val title = "Phiếu thử"
        override fun create(): View = host.page {
            questions.forEach { add(QuestionCard(host, it, { value -> given.add(value) }, this@Cards), context.dp(10)) }
        }

        override fun take(path: String, bytes: ByteArray) = Unit
        override fun preview(path: String, then: (android.graphics.Bitmap?) -> Unit) = then(null)
    }

    private fun question(kind: QuestionKind, value: AnswerValue = AnswerValue.Empty, shown: String = "", appearance: String = "", vararg choices: String) =
        QuestionView(
            path = "/data/q", kind = kind, label = "Câu hỏi có lời dài hơn một dòng trên màn hình nhỏ", hint = "Lời nhắc", value = value,
            shown = shown, choices = choices.map { ChoiceView(it, it, value == AnswerValue.Choice(it)) }, required = true, readonly = false,
            appearance = appearance, problem = null,
        )

    private fun show(vararg questions: QuestionView): List<QuestionCard> {
        controller.get().push(Cards(controller.get(), questions.toList()))
        finger.settle()
        return finger.views().filterIsInstance<QuestionCard>()
    }

    private fun field(card: QuestionCard) = finger.views(card).filterIsInstance<EditText>().single()

    @Test
    fun everyKindFits() {
        val text = AnswerValue.Text("một đoạn chữ khá dài để xuống dòng")
        show(
            question(QuestionKind.Note), question(QuestionKind.Text, text), question(QuestionKind.LongText, text),
            question(QuestionKind.Integer, AnswerValue.Integer(12)), question(QuestionKind.Decimal, AnswerValue.Decimal(42.5)),
            question(QuestionKind.Date, AnswerValue.Date("2026-11-24")), question(QuestionKind.Time, AnswerValue.Time("07:30")),
            question(QuestionKind.DateTime, AnswerValue.DateTime("2026-11-24T07:30:00.000+07:00")),
            question(QuestionKind.SelectOne, AnswerValue.Choice("Có"), "Có", "", "Có", "Không"),
            question(QuestionKind.SelectOne, AnswerValue.Empty, "", "", "Tự làm hoặc làm cho gia đình, không có hợp đồng", "Không làm việc"),
            question(QuestionKind.SelectOne, AnswerValue.Empty, "", "minimal", "A", "B"),
            question(QuestionKind.SelectMultiple, AnswerValue.Empty, "", "", "Tivi", "Điện thoại", "Máy tính để bàn"),
            question(QuestionKind.Range(0.0, 10.0, 1.0), AnswerValue.Integer(4), "4"), question(QuestionKind.Location),
            question(QuestionKind.Photo), question(QuestionKind.Acknowledge), question(QuestionKind.Rank), question(QuestionKind.Unsupported),
        )
        finger.inspect("every kind")
        assertTrue(finger.words().contains("42,5"))
        assertTrue(finger.words().contains("24/11/2026"))
        finger.picture("moi-loai-cau-hoi-man-hinh-nho")
    }

    @Test
    fun aDateIsTypedByItsDigits() {
        val card = show(question(QuestionKind.Date)).single()
        "15092017".forEach { field(card).append(it.toString()) }
        assertEquals("15/09/2017", field(card).text.toString())
        assertEquals(listOf<AnswerValue>(AnswerValue.Date("2017-09-15")), given)
    }

    @Test
    fun aDayThatDoesNotExistIsNoAnswer() {
        val card = show(question(QuestionKind.Date)).single()
        finger.type(field(card), "31/02/2020")
        assertFalse(card.flush())
        finger.expect(controller.get().getString(R.string.date_wrong))
        assertTrue(given.isEmpty())
        finger.type(field(card), "")
        assertTrue(card.flush())
        assertFalse(finger.sees(controller.get().getString(R.string.date_wrong)))
    }

    @Test
    fun numbersAreReadAsTheyAreWrittenHere() {
        val (decimal, integer) = show(question(QuestionKind.Decimal), question(QuestionKind.Integer))
        finger.type(field(decimal), "42,5")
        finger.type(field(integer), "1987")
        listOf(decimal, integer).forEach { assertTrue(it.flush()) }
        assertEquals(listOf(AnswerValue.Decimal(42.5), AnswerValue.Integer(1987)), given)
        finger.type(field(integer), "-")
        assertFalse(integer.flush())
    }

    @Test
    fun wordsGoOverWhenTheFingersRestAndAreNotTypedOver() {
        val card = show(question(QuestionKind.Text)).single()
        finger.type(field(card), "Nông")
        assertTrue(given.isEmpty())
        finger.rest(1)
        assertEquals(listOf<AnswerValue>(AnswerValue.Text("Nông")), given)
        field(card).append(" Văn")
        // The answer to the first word comes in late.
        card.show(question(QuestionKind.Text, AnswerValue.Text("Nông")))
        assertEquals("Nông Văn", field(card).text.toString())
        card.flush()
        assertEquals(AnswerValue.Text("Nông Văn"), given.last())
    }

    @Test
    fun oneOrSeveralAreChosen() {
        val (one, several) = show(
            question(QuestionKind.SelectOne, AnswerValue.Empty, "", "", "nam", "nữ"),
            question(QuestionKind.SelectMultiple, AnswerValue.Empty, "", "", "tivi", "đài", "máy tính"),
        )
        fun button(card: QuestionCard, value: String) = finger.views(card).filterIsInstance<CompoundButton>().single { it.tag == value }
        finger.press(button(one, "nam"))
        finger.press(button(one, "nữ"))
        assertFalse(button(one, "nam").isChecked)
        finger.press(button(several, "máy tính"))
        finger.press(button(several, "tivi"))
        finger.press(button(several, "máy tính"))
        assertEquals(
            listOf(
                AnswerValue.Choice("nam"), AnswerValue.Choice("nữ"), AnswerValue.Choices(listOf("máy tính")),
                AnswerValue.Choices(listOf("tivi", "máy tính")), AnswerValue.Choices(listOf("tivi")),
            ),
            given,
        )
    }

    @Test
    fun aLongListIsNarrowedWithoutToneMarks() {
        val card = show(question(QuestionKind.SelectOne, AnswerValue.Empty, "", "minimal autocomplete", "Đồng Văn", "Đông Hà", "Hà Đông")).single()
        finger.press(finger.views(card).first { it.tag == QuestionCard.FIELD })
        assertTrue(controller.get().top is ChoiceScreen)
        finger.search("dong v")
        assertEquals(listOf("Đồng Văn"), finger.words().filter { it in listOf("Đồng Văn", "Đông Hà", "Hà Đông") })
        finger.choose("Đồng Văn")
        assertEquals(listOf<AnswerValue>(AnswerValue.Choice("Đồng Văn")), given)
    }

    @Test
    fun aProblemStandsAtItsQuestion() {
        val card = show(question(QuestionKind.Text)).single()
        card.problem(ProblemView("xforms.required", "Cần trả lời câu này."))
        finger.expect("Cần trả lời câu này.")
        card.problem(null)
        assertFalse(finger.sees("Cần trả lời câu này."))
    }
}
