package vn.vanggia.app

import android.graphics.BitmapFactory
import android.location.Location
import android.location.LocationManager
import android.text.Spanned
import android.text.style.ForegroundColorSpan
import android.text.style.URLSpan
import android.view.MotionEvent
import android.view.View
import android.widget.CompoundButton
import android.widget.EditText
import android.widget.TextView
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
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import vn.vanggia.app.form.ChoiceScreen
import vn.vanggia.app.form.Paper
import vn.vanggia.app.form.PhotoDesk
import vn.vanggia.app.form.QuestionCard
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.ChoiceView
import vn.vanggia.core.ProblemView
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView
import vn.vanggia.core.TextAlign
import vn.vanggia.core.TextBlock
import vn.vanggia.core.TextKind
import vn.vanggia.core.TextScript
import vn.vanggia.core.TextSpan

/** Each kind of question on the smallest phone there is, with the letters made larger. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "vi-w320dp-h569dp-hdpi")
class QuestionCardTest {
    private lateinit var controller: ActivityController<MainActivity>
    private lateinit var finger: Finger
    private val given = ArrayList<AnswerValue>()
    private val pictures = ArrayList<ByteArray>()
    private val asked = ArrayList<String>()

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

        override fun take(path: String, bytes: ByteArray) = pictures.add(bytes).let { }
        override fun preview(path: String, then: (android.graphics.Bitmap?) -> Unit) = then(null)
        override fun picture(name: String, then: (android.graphics.Bitmap?) -> Unit) {
            asked.add(name)
            then(android.graphics.Bitmap.createBitmap(40, 30, android.graphics.Bitmap.Config.ARGB_8888))
        }
    }

    private fun question(kind: QuestionKind, value: AnswerValue = AnswerValue.Empty, shown: String = "", appearance: String = "", vararg choices: String) =
        QuestionView(
            path = "/data/q", kind = kind, label = "Câu hỏi có lời dài hơn một dòng trên màn hình nhỏ", styled = emptyList(),
            groups = emptyList(), hint = "Lời nhắc", styledHint = emptyList(), guidance = "", styledGuidance = emptyList(), image = null,
            value = value, shown = shown,
            choices = choices.map { ChoiceView(it, it, emptyList(), null, value == AnswerValue.Choice(it)) }, required = true,
            readonly = false, appearance = appearance, problem = null,
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
            question(QuestionKind.Photo), question(QuestionKind.Acknowledge), question(QuestionKind.Secret, text),
            question(QuestionKind.Rank, AnswerValue.Empty, "", "", "Ăn ở", "Học hành"), question(QuestionKind.Drawing),
            question(QuestionKind.Trace(false)), question(QuestionKind.Trace(true)), question(QuestionKind.Unsupported),
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
    fun choicesAreOrderedByTheirArrows() {
        val (card) = show(question(QuestionKind.Rank, AnswerValue.Empty, "", "", "Ăn ở", "Học hành", "Việc làm"))
        finger.press(described(card, R.string.rank_up, "Việc làm"))
        assertEquals(AnswerValue.Choices(listOf("Ăn ở", "Việc làm", "Học hành")), given.last())
        card.show(question(QuestionKind.Rank, given.last(), "", "", "Ăn ở", "Học hành", "Việc làm"))
        finger.press(described(card, R.string.rank_down, "Ăn ở"))
        assertEquals(AnswerValue.Choices(listOf("Việc làm", "Ăn ở", "Học hành")), given.last())
        assertFalse(described(card, R.string.rank_up, "Ăn ở").isEnabled)
        finger.picture("xep-thu-tu")
    }

    private fun described(card: QuestionCard, what: Int, of: String) =
        finger.views(card).single { it.contentDescription?.toString() == "${controller.get().getString(what)}: $of" }

    @Test
    fun landIsWalkedCornerByCorner() {
        val host = controller.get()
        shadowOf(host.application).grantPermissions(android.Manifest.permission.ACCESS_FINE_LOCATION)
        val manager = host.getSystemService(LocationManager::class.java)
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        val (card) = show(question(QuestionKind.Trace(true)))
        for (n in 1..3) {
            finger.touch(host.getString(R.string.trace_add), card)
            shadowOf(manager).simulateLocation(
                Location(LocationManager.GPS_PROVIDER).apply {
                    latitude = 22.0 + n
                    longitude = 104.0
                    accuracy = 4f
                    time = System.currentTimeMillis()
                    elapsedRealtimeNanos = android.os.SystemClock.elapsedRealtimeNanos()
                }
            )
            finger.settle()
            // The core draws the question anew now and then; corners that are no answer yet stay.
            if (n < 3) card.show(question(QuestionKind.Trace(true)))
        }
        val points = (given.single() as AnswerValue.Points).points
        assertEquals(listOf(23.0, 24.0, 25.0), points.map { it.latitude })
        finger.picture("do-dat")
        finger.touch(host.getString(R.string.trace_undo), card)
        assertEquals(AnswerValue.Empty, given.last())
        finger.expect(host.getString(R.string.trace_missing, 1))
    }

    @Test
    fun aSignatureGoesToTheCoreAsAPicture() {
        val host = controller.get()
        val (card) = show(question(QuestionKind.Drawing))
        assertFalse(finger.sees(host.getString(R.string.drawing_keep)))
        val paper = finger.views(card).filterIsInstance<Paper>().single()
        fun touch(what: Int, x: Float, y: Float) =
            MotionEvent.obtain(0, 0, what, x, y, 0).also { paper.dispatchTouchEvent(it) }.recycle()
        touch(MotionEvent.ACTION_DOWN, 20f, 20f)
        touch(MotionEvent.ACTION_MOVE, 120f, 90f)
        touch(MotionEvent.ACTION_MOVE, 200f, 30f)
        touch(MotionEvent.ACTION_UP, 200f, 30f)
        finger.picture("chu-ky")
        finger.touch(host.getString(R.string.drawing_keep), card)
        val drawn = BitmapFactory.decodeByteArray(pictures.single(), 0, pictures.single().size)
        assertEquals(android.graphics.Color.WHITE, drawn.getPixel(2, 2))
        val ink = (0 until drawn.width).any { x -> (0 until drawn.height).any { y -> drawn.getPixel(x, y) != android.graphics.Color.WHITE } }
        assertTrue(ink)
    }

    @Test
    fun labelsHaveTheStylesOfTheForm() {
        val plain = TextSpan("Nhà ", false, false, false, TextScript.NORMAL, null, null, null)
        val blocks = listOf(
            TextBlock(TextKind.Heading(2u), TextAlign.CENTRE, listOf(plain.copy(text = "Nhà ở"))),
            TextBlock(TextKind.Paragraph, TextAlign.START, listOf(plain, plain.copy(text = "đỏ", bold = true, colour = 0xFF0000u))),
            TextBlock(TextKind.Bullet, TextAlign.START, listOf(plain.copy(text = "gọi 111", link = "tel:111"))),
        )
        val asking = question(QuestionKind.SelectOne, AnswerValue.Empty, "", "", "Có", "Không").let { q ->
            q.copy(
                label = "Nhà ở\nNhà đỏ\n• gọi 111", styled = blocks, guidance = "Hỏi người lớn trong nhà", image = "nha.png",
                groups = listOf("Nhà 1"), choices = q.choices.map { it.copy(image = it.value + ".png") },
            )
        }
        val (card) = show(asking)
        val label = finger.views(card).filterIsInstance<TextView>().first { "đỏ" in it.text }
        val words = label.text as Spanned
        assertEquals("Nhà ở\nNhà đỏ\n•  gọi 111 *", words.toString())
        val red = words.getSpans(0, words.length, ForegroundColorSpan::class.java).single { it.foregroundColor == 0xFFFF0000.toInt() }
        assertEquals("đỏ", words.substring(words.getSpanStart(red), words.getSpanEnd(red)))
        assertEquals("tel:111", words.getSpans(0, words.length, URLSpan::class.java).single().url)
        assertFalse(finger.sees("Hỏi người lớn"))
        finger.touch(controller.get().getString(R.string.form_guidance), card)
        finger.expect("Hỏi người lớn trong nhà")
        assertEquals(listOf("Có.png", "Không.png", "nha.png"), asked.sorted())
        finger.picture("loi-co-kieu-chu")
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
