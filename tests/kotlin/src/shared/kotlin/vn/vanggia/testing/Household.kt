package vn.vanggia.testing

import vn.vanggia.core.AnswerValue
import java.io.File
import java.time.LocalDate
import java.time.ZoneOffset

/** What the invented household answers in `vang_gia`: `tests/stories/visit.csv`, by the questions' paths. */
object Household {
    private val answers: Map<String, AnswerValue> =
        File(Hub.property("vanggia.root"), "tests/stories/visit.csv").readLines().drop(1).associate { line ->
            val (path, kind, value) = line.split(",", limit = 3)
            "/data/$path" to read(kind, value)
        }

    val HEAD = said("/data/household/household_name")
    val GOAL = said("/data/goal[1]/g_about/goal_text")
    val names = (1..instances("member")).map { said("/data/member[$it]/m_about/m_name") }

    /** How many instances each repeat gets. */
    val repeats = listOf("member", "goal", "photo").associateWith(::instances)

    /** `null` leaves it open. */
    fun answer(path: String): AnswerValue? = answers[path]

    private fun said(path: String) = (answers.getValue(path) as AnswerValue.Text).text

    private fun instances(repeat: String) =
        answers.keys.mapNotNull { Regex("^/data/$repeat\\[(\\d+)]").find(it)?.groupValues?.get(1)?.toInt() }.maxOrNull() ?: 0

    private fun read(kind: String, value: String): AnswerValue = when (kind) {
        "text" -> AnswerValue.Text(value)
        "choice" -> AnswerValue.Choice(value)
        "choices" -> AnswerValue.Choices(value.split(' '))
        "integer" -> AnswerValue.Integer(value.toLong())
        "decimal" -> AnswerValue.Decimal(value.toDouble())
        "date" -> AnswerValue.Date(value)
        // So many from today, in Vietnam.
        "days" -> AnswerValue.Date(LocalDate.now(ZoneOffset.ofHours(7)).plusDays(value.toLong()).toString())
        "location" -> value.split(' ').map { it.toDouble() }.let { (latitude, longitude, altitude, accuracy) ->
            AnswerValue.Location(latitude, longitude, altitude, accuracy)
        }
        else -> error("no such kind of answer: $kind")
    }
}
