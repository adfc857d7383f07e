package vn.vanggia.testing

import vn.vanggia.core.AnswerValue
import java.time.LocalDate

/** What the invented household answers, by the question's path in `vang_gia`; `null` leaves it open. */
object Household {
    const val HEAD = "Nông Văn Định"
    const val GOAL = "Cháu Mai đi học lại trước ngày 15 tháng sau"

    private class Member(val name: String, val relation: String, val sex: String, val birth: String, vararg val life: Pair<String, String>)

    private val members = listOf(
        Member(HEAD, "head", "male", "1984-03-02", "m_studying" to "none", "m_diploma" to "lower_secondary", "m_work" to "own"),
        Member("Hoàng Thị Đào", "spouse", "female", "1987", "m_studying" to "none", "m_diploma" to "primary", "m_work" to "no_work"),
        Member("Nông Thị Mai", "child", "female", "2017-09-15", "m_studying" to "none"),
    )
    val names = members.map { it.name }

    private val answers: Map<String, AnswerValue> = mapOf(
        "visit_purpose" to choice("first"),
        "visit_present" to AnswerValue.Choices(listOf("head", "members")),
        "province" to choice(Hub.PROVINCE),
        "commune" to choice(Hub.COMMUNE),
        "village" to text("Thôn Nà Lạn"),
        "consent_support" to choice("agree"),
        "consent_sensitive" to choice("agree"),
        "consent_location" to choice("agree"),
        "consent_photo" to choice("agree"),
        "consent_share" to choice("agree"),
        "consent_by" to choice("head"),
        "consent_form" to choice("spoken"),
        "household_name" to text(HEAD),
        "phone" to text("0912345678"),
        "house_wall" to choice("weak"),
        "house_column" to choice("solid"),
        "house_roof" to choice("weak"),
        "house_area" to AnswerValue.Decimal(42.5),
        "water" to choice("protected_spring"),
        "toilet" to choice("unsafe"),
        "internet" to choice("no"),
        "devices" to AnswerValue.Choices(listOf("television", "phone")),
        "need_groups" to AnswerValue.Choices(listOf("education_work")),
        "need_education_work" to text("Cháu Mai nghỉ học từ tháng 9"),
        "priority_education_work" to choice("high"),
        "obs_facts" to text("Nhà hai gian, mái dột."),
        "location" to AnswerValue.Location(21.0285, 105.8542, 12.0, 6.0),
        "goal_text" to text(GOAL),
        "goal_who" to choice("household"),
        "goal_due" to AnswerValue.Date(LocalDate.now().plusDays(30).toString()),
        "photo_caption" to text("Mái nhà dột"),
        "agreed_text" to text("Gia đình đưa cháu tới trường."),
        "next_visit" to AnswerValue.Date(LocalDate.now().plusDays(30).toString()),
    )

    fun answer(path: String): AnswerValue? {
        val name = path.substringAfterLast('/')
        val at = Regex("member\\[(\\d+)]").find(path)?.groupValues?.get(1)?.toInt() ?: return answers[name]
        val member = members[at - 1]
        return when (name) {
            "m_name" -> text(member.name)
            "m_relation" -> choice(member.relation)
            "m_sex" -> choice(member.sex)
            "m_birth_known" -> choice(if (member.birth.length == 4) "year" else "date")
            "m_birth_date" -> AnswerValue.Date(member.birth)
            "m_birth_year" -> AnswerValue.Integer(member.birth.toLong())
            "m_ethnicity" -> choice("02")
            "m_insurance" -> choice("yes")
            "m_benefit", "m_undernourished", "m_disabled" -> choice("no")
            else -> member.life.toMap()[name]?.let(::choice)
        }
    }

    /** How many instances each repeat gets. */
    val repeats = mapOf("member" to members.size, "goal" to 1, "photo" to 1)

    private fun choice(value: String) = AnswerValue.Choice(value)
    private fun text(text: String) = AnswerValue.Text(text)
}
