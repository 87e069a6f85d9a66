"""Who gets what at every address. A line: method, a verdict for each column, the address's name, the address.

o  it opens, or is refused for another reason than who asks
.  there is nothing (404), told in the same words whether it is there or not
L  to the door, to sign in      2  to set the one-time code up first      1 and 3  the API's 401 and 403

`half` is a clerk who has not set the one-time code up. `her` is the resident whose matters stand here; `stranger` is a
resident with another. `handler` works at the unit that has the case, `inspector` at the one that has the sealed report;
`grid` has the ground on which both lie;
`keeper` keeps the forum of the whole street. Nothing opens to a foreigner: change a letter only with the rule behind it.
"""

from dataclasses import dataclass

COLUMNS = (
    "nobody", "her", "stranger", "half", "clerk", "handler", "other unit", "callback", "supervisor", "sealed desk",
    "inspector", "other inspector", "grid", "other grid", "leader", "system", "security", "audit", "keeper",
)  # fmt: skip
PROGRAMS = (
    "nobody", "wrong", "registers.read", "cases.read", "cases.open", "webhooks", "cases.work", "other unit", "other's",
)  # fmt: skip

#      n h s   h   c h o c s   s i o   g o   l   s s a k
#      o e t   a   l a t a u   e n t   r t   e   y e u e
#      b r r   l   e n h l p   a s h   i h   a   s c d e
#      y   a   f   r d r l r   l p r   d r   d   t u i
_BROWSERS = """

# what residents do; {case} and {sealed} are hers, {draft} and {waiting} not sent yet
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  home                   /
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  mine                   /mine
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  neighbours             /neighbours
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  me                     /me
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  my_data                /me/data
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  my_data_print          /me/data/print
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  my_data_json           /me/data.json
GET    . o .   .   . . . . .   . . .   . .   .   . . . .  check                  /say/{draft}
GET    . o .   .   . . . . .   . . .   . .   .   . . . .  matter                 /m/{case}
GET    . o .   .   . . . . .   . . .   . .   .   . . . .  matter                 /m/{sealed}
GET    . o .   .   o o . o o   o . .   o .   o   . . . .  photo                  /photo/{photo}
GET    . o .   .   . . . . .   . . .   . .   .   . . . .  photo                  /photo/{waiting}
GET    . o .   .   . . . . .   o o .   . .   .   . . . .  photo                  /photo/{sealedphoto}
POST   o o o   .   o . . . .   o . .   o o   .   . . . .  say                    /say
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  check                  /say/{draft}
POST   o o o   .   . . . . .   . . .   . .   .   . . . .  find                   /find
POST   o o o   o   o o o o o   o o o   o o   o   o o o o  send_code              /code
POST   o o o   o   o o o o o   o o o   o o   o   o o o o  prove                  /prove
POST   o o o   o   o o o o o   o o o   o o   o   o o o o  prefs                  /me/reading
POST   o o o   o   o o o o o   o o o   o o   o   o o o o  set_language           /me/language
POST   o o o   o   o o o o o   o o o   o o   o   o o o o  forget_device          /me/leave
POST   o o o   .   o . . . .   o . .   o o   .   . . . .  follow                 /neighbours/{case_id}/follow
POST   o o o   .   o . . . .   o . .   o o   .   . . . .  unfollow               /neighbours/{case_id}/unfollow
POST   o o o   .   o . . . .   o . .   o o   .   . . . .  join                   /neighbours/{case_id}/join
POST   o o o   .   o . . . .   o . .   o o   .   . . . .  join                   /neighbours/{sealed_id}/join
POST   . . .   .   o . . . .   o . .   o o   .   . . . .  follow                 /neighbours/{sealed_id}/follow
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  rate                   /m/{case}/rate
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  chase                  /m/{case}/chase
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  say_more               /m/{case}/more
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  answer                 /m/{case}/answer
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  come_back              /m/{case}/back
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  again                  /m/{case}/again
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  withdraw               /m/{case}/withdraw
POST   . . .   .   . . . . .   . . .   . .   .   . . . .  ask_agree              /m/{case}/ask
POST   . . .   .   . . . . .   . . .   . .   .   . . . .  agree                  /m/{case}/agree
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  rate                   /m/{sealed}/rate
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  say_more               /m/{sealed}/more
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  my_contact             /me/data/{case}/contact
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  my_calls               /me/data/{case}/calls
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  my_erase               /me/data/{case}/erase

# what everybody may read, and the leader's page
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  open                   /open/
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  open_month             /open/2026-01
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  open_cases             /open/cases
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  open_cases_csv         /open/cases.csv
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  open_map               /open/map
GET    L L L   2   . . . . o   . . .   . .   o   . . . .  lead                   /lead/

# the desk
GET    L L L   2   o o o o o   o o o   o o   o   o o o o  desk                   /desk/
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_map               /desk/map
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_views             /desk/views
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_parts             /desk/parts
GET    L L L   2   o . . . .   o . .   . .   .   . . . .  desk_exits             /desk/exits
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_search            /desk/search
GET    L L L   2   o . . . .   o . .   o o   .   . . . .  desk_new               /desk/new
GET    L L L   2   o . . . .   o . .   . .   .   . . . .  desk_messages          /desk/messages
GET    L L L   2   . . . . o   . . .   . .   o   . . . .  desk_watch             /desk/watch
GET    L L L   2   . . . o .   o . .   . .   .   . . . .  desk_calls             /desk/calls
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_rates             /desk/rates
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_rates_file        /desk/rates.csv
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_rates_file        /desk/rates.xlsx
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_list_file         /desk/list.csv
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_list_file         /desk/list.xlsx
GET    L L L   2   o o o o o   o o o   o o   o   . . . .  desk_list_sheet        /desk/sheet
GET    L L L   2   . . . . .   . . .   . .   .   . . . .  desk_gone              /desk/gone
GET    L L L   o   o o o o o   o o o   o o   o   o o o o  desk_me                /desk/me
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  desk_login             /desk/login
GET    L L L   o   o o o o o   o o o   o o   o   o o o o  desk_second_factor     /desk/second-factor
POST   L L L   2   o . . . .   o . .   . .   .   . . . .  desk_bulk              /desk/bulk
POST   L L L   2   o o o o o   o o o   o o   o   . . . .  desk_views             /desk/views
POST   L L L   2   o . . . .   . . .   . .   .   . . . .  desk_merge_picked      /desk/merge
POST   L L L   2   o . . . .   o . .   o o   .   . . . .  desk_new               /desk/new
POST   L L L   2   o . . . .   o . .   . .   .   . . . .  desk_messages          /desk/messages
POST   o o o   o   o o o o o   o o o   o o   o   o o o o  desk_login             /desk/login
POST   L L L   o   o o o o o   o o o   o o   o   o o o o  desk_second_factor     /desk/second-factor
POST   o o o   o   o o o o o   o o o   o o   o   o o o o  desk_logout            /desk/logout
POST   L L L   2   . . . o .   o . .   . .   .   . . . .  desk_call              /desk/calls/{voice}
POST   L L L   2   . . . o .   o . .   . .   .   . . . .  desk_call              /desk/calls/{sealedvoice}
POST   L L L   2   o o o o .   o o o   o o   .   . . . .  desk_call_phone        /desk/calls/{voice}/phone
POST   L L L   2   o o o o .   o o o   o o   .   . . . .  desk_call_phone        /desk/calls/{sealedvoice}/phone

# a case at the drains, on the near grid's ground
GET    L L L   2   o o . o o   o . .   o .   o   . . . .  desk_case              /desk/case/{case}
GET    L L L   2   o o . o o   o . .   o .   o   . . . .  desk_step              /desk/case/{case}/next
GET    L L L   2   o o . o o   o . .   o .   o   . . . .  desk_case_sheet        /desk/case/{case}/sheet
GET    L L L   2   o o . o o   o . .   o .   o   . . . .  desk_whistle           /desk/case/{case}/whistle
GET    L L L   2   o o . . .   . . .   . .   .   . . . .  desk_ask_part          /desk/case/{case}/ask_part
POST   L L L   2   o o . o .   o . .   o .   .   . . . .  desk_contact           /desk/case/{case}/contact-details
POST   L L L   2   o . . . .   . . .   . .   .   . . . .  desk_merge             /desk/case/{case}/merge
POST   L L L   2   o . . . .   . . .   . .   .   . . . .  desk_split             /desk/case/{case}/split
POST   L L L   2   o . . . .   . . .   . .   .   . . . .  desk_split_off         /desk/case/{case}/split_off
POST   L L L   2   . o . . .   . . .   . .   .   . . . .  desk_object            /desk/case/{case}/object
POST   L L L   2   o . . . o   o . .   . .   .   . . . .  desk_rule              /desk/case/{case}/rule
POST   L L L   2   . o . . .   . . .   . .   .   . . . .  desk_extend            /desk/case/{case}/extend
POST   L L L   2   . . . . o   o . .   . .   .   . . . .  desk_decide_extension  /desk/case/{case}/decide_extension
POST   L L L   2   . o . . .   . . .   . .   .   . . . .  desk_defer             /desk/case/{case}/defer
POST   L L L   2   o . . . .   o . .   . .   .   . . . .  desk_leave             /desk/case/{case}/leave
POST   L L L   2   o . . . .   o . .   . .   .   . . . .  desk_follow            /desk/case/{case}/follow_exit
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_end_part          /desk/case/{case}/part/1
POST   L L L   2   . o . . .   . . .   o .   .   . . . .  desk_ask               /desk/case/{case}/ask
POST   L L L   2   . o . . .   . . .   o .   .   . . . .  desk_answer            /desk/case/{case}/question/{question}
POST   L L L   2   . . . . o   . . .   . .   .   . . . .  desk_supervise         /desk/case/{case}/supervise
POST   L L L   2   . o . . .   . . .   . .   .   . . . .  desk_answer_supervision /desk/case/{case}/answer_supervision
POST   L L L   2   . o . . .   . . .   . .   .   . . . .  desk_ask_exclusion     /desk/case/{case}/ask_exclusion
POST   L L L   2   . . . . o   . . .   . .   .   . . . .  desk_decide_exclusion  /desk/case/{case}/decide_exclusion
POST   L L L   2   o . . o o   o . .   o .   .   . . . .  desk_seal              /desk/case/{case}/seal
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_unseal            /desk/case/{case}/unseal
POST   L L L   2   . . . . o   o . .   . .   .   . . . .  desk_bar               /desk/case/{case}/bar
POST   L L L   2   o o . o o   o . .   o .   .   . . . .  desk_step_back         /desk/case/{case}/step_back
POST   L L L   2   o o . o o   o . .   o .   o   . . . .  desk_check             /desk/case/{case}/check
POST   L L L   2   . . . . o   . . .   . .   .   . . . .  desk_verify            /desk/case/{case}/verify
POST   L L L   2   o . . . o   . . .   . .   .   . . . .  desk_whistle_call      /desk/case/{case}/whistle/call
POST   L L L   2   o . . . .   o . .   . .   .   . . . .  desk_move              /desk/case/{case}/dispatch
POST   L L L   2   o . . . .   o . .   . .   .   . . . .  desk_move              /desk/case/{case}/undo_dispatch
POST   L L L   2   . o . . .   . . .   . .   .   . . . .  desk_move              /desk/case/{case}/sign
POST   L L L   2   . o . . .   . . .   o .   .   . . . .  desk_move              /desk/case/{case}/contact
POST   L L L   2   . o . . .   . . .   o .   .   . . . .  desk_move              /desk/case/{case}/start
POST   L L L   2   o o . o o   o . .   o .   .   . . . .  desk_move              /desk/case/{case}/note
POST   L L L   2   . o . . .   . . .   o .   .   . . . .  desk_move              /desk/case/{case}/reply
POST   L L L   2   o . . . .   o . .   . .   .   . . . .  desk_move              /desk/case/{case}/answer
POST   L L L   2   o o . . .   . . .   . .   .   . . . .  desk_ask_part          /desk/case/{case}/ask_part
POST   L L L   2   . . . o .   o . .   . .   .   . . . .  desk_verdict           /desk/case/{case}/voice/{voice}
POST   L L L   2   . o . . .   . . .   . .   .   . . . .  desk_whistle_turn      /desk/case/{case}/whistle/{whistle}/arrive
POST   L L L   2   o . . . o   . . .   . .   .   . . . .  desk_whistle_turn      /desk/case/{case}/whistle/{whistle}/finish

# a sealed report at the inspection
GET    L L L   2   . . . . .   o o .   . .   .   . . . .  desk_case              /desk/case/{sealed}
GET    L L L   2   . . . . .   o o .   . .   .   . . . .  desk_step              /desk/case/{sealed}/next
GET    L L L   2   . . . . .   o o .   . .   .   . . . .  desk_case_sheet        /desk/case/{sealed}/sheet
GET    L L L   2   . . . . .   o o .   . .   .   . . . .  desk_whistle           /desk/case/{sealed}/whistle
GET    L L L   2   . . . . .   . . .   . .   .   . . . .  desk_ask_part          /desk/case/{sealed}/ask_part
POST   L L L   2   . . . . .   o o .   . .   .   . . . .  desk_contact           /desk/case/{sealed}/contact-details
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_merge             /desk/case/{sealed}/merge
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_split             /desk/case/{sealed}/split
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_split_off         /desk/case/{sealed}/split_off
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_object            /desk/case/{sealed}/object
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_rule              /desk/case/{sealed}/rule
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_extend            /desk/case/{sealed}/extend
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_decide_extension  /desk/case/{sealed}/decide_extension
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_defer             /desk/case/{sealed}/defer
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_leave             /desk/case/{sealed}/leave
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_follow            /desk/case/{sealed}/follow_exit
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_end_part          /desk/case/{sealed}/part/1
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_ask               /desk/case/{sealed}/ask
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_answer            /desk/case/{sealed}/question/{question}
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_supervise         /desk/case/{sealed}/supervise
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_answer_supervision /desk/case/{sealed}/answer_supervision
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_ask_exclusion     /desk/case/{sealed}/ask_exclusion
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_decide_exclusion  /desk/case/{sealed}/decide_exclusion
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_seal              /desk/case/{sealed}/seal
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_unseal            /desk/case/{sealed}/unseal
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_bar               /desk/case/{sealed}/bar
POST   L L L   2   . . . . .   o o .   . .   .   . . . .  desk_step_back         /desk/case/{sealed}/step_back
POST   L L L   2   . . . . .   o o .   . .   .   . . . .  desk_check             /desk/case/{sealed}/check
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_verify            /desk/case/{sealed}/verify
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_whistle_call      /desk/case/{sealed}/whistle/call
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_move              /desk/case/{sealed}/dispatch
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_move              /desk/case/{sealed}/undo_dispatch
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_move              /desk/case/{sealed}/sign
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_move              /desk/case/{sealed}/contact
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_move              /desk/case/{sealed}/start
POST   L L L   2   . . . . .   o o .   . .   .   . . . .  desk_move              /desk/case/{sealed}/note
POST   L L L   2   . . . . .   . o .   . .   .   . . . .  desk_move              /desk/case/{sealed}/reply
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_move              /desk/case/{sealed}/answer
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_ask_part          /desk/case/{sealed}/ask_part
POST   L L L   2   . . . . .   o . .   . .   .   . . . .  desk_verdict           /desk/case/{sealed}/voice/{sealedvoice}

# forms departments ask for
GET    L L L   2   o . . . o   . . .   . .   o   o . . .  desk_reports           /desk/reports
GET    L L L   2   o . . . .   . . .   o o   .   . . . .  desk_reports_fill      /desk/reports/fill
GET    L L L   2   o . . . o   . . .   . .   o   o . . .  desk_reports_twice     /desk/reports/twice
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_report_new        /desk/reports/new
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_report_set        /desk/reports/{form}/set
GET    L L L   2   o . . . o   . . .   . .   o   o . . .  desk_report            /desk/reports/{form}/{period}
GET    L L L   2   o . . . o   . . .   . .   o   o . . .  desk_report_file       /desk/reports/{form}/{period}/file.csv
POST   L L L   2   o . . . .   . . .   o o   .   . . . .  desk_reports_fill      /desk/reports/fill
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_reports_settle    /desk/reports/twice/{item}
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_report_new        /desk/reports/new
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_report_set        /desk/reports/{form}/set
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_report_end        /desk/reports/{form}/end
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_report_column     /desk/reports/{form}/columns/{column}
POST   L L L   2   o . . . .   . . .   . .   .   . . . .  desk_report_hand_in    /desk/reports/{form}/{period}/hand-in

# the office's registers and rules
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_running           /desk/office/running
GET    L L L   2   . . . . .   . . .   . .   .   . . o .  desk_audit             /desk/office/audit
GET    L L L   2   . . . . .   . . .   . .   .   . . o .  desk_audit_accounts    /desk/office/audit/accounts
GET    L L L   2   . . . . .   . . .   . .   .   . . o .  desk_audit_readings_file /desk/office/audit/readings.csv
GET    L L L   2   . . . . .   . . .   . .   .   . . o .  desk_audit_accounts_file /desk/office/audit/accounts.csv
GET    L L L   2   . . . . .   . . .   . .   .   o o o .  desk_office            /desk/office
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_places            /desk/office/places
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_place             /desk/office/places/{place}
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_units             /desk/office/units
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_unit_new          /desk/office/units/new
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_unit              /desk/office/units/{unit}
GET    L L L   2   . . . . .   . . .   . .   .   o o . .  desk_posts             /desk/office/posts
GET    L L L   2   . . . . .   . . .   . .   .   o o . .  desk_post              /desk/office/posts/{post}
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_people_table      /desk/office/tables/units
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_people_table      /desk/office/tables/posts
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_people_table_file /desk/office/tables/units.csv
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_rule_table        /desk/office/tables/limits
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_rule_table_file   /desk/office/tables/limits.csv
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_table             /desk/office/tables/places
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_table_file        /desk/office/tables/places.csv
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_webhooks          /desk/office/webhooks
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_imports           /desk/office/imports
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_import            /desk/office/imports/{import}
GET    L L L   2   . . . . .   . . .   . .   .   . o . .  desk_tokens            /desk/office/tokens
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duties            /desk/office/duties
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duty_new          /desk/office/duties/new
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duty_table        /desk/office/duties/table
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duty_file         /desk/office/duties/list.csv
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duty              /desk/office/duties/{entry}
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_templates         /desk/office/templates
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_template          /desk/office/templates/default.done
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_limits            /desk/office/limits
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_limit_step        /desk/office/limits/step/stage.dispatch
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_limit             /desk/office/limits/municipal.drain
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendars         /desk/office/calendars
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_hours_new /desk/office/calendars/hours/new
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_hours    /desk/office/calendars/hours/office
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_holidays /desk/office/calendars/holidays/2026
GET    L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_days_new /desk/office/calendars/days/new
GET    L L L   2   . . . . .   . . .   . .   .   . . . .  desk_calendar_days     /desk/office/calendars/days/storm
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_place_act         /desk/office/places/{place}/correct
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_place_act         /desk/office/places/{place}/close
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_unit_new          /desk/office/units/new
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_unit_act          /desk/office/units/{unit}/correct
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_unit_act          /desk/office/units/{unit}/close
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_unit_act          /desk/office/units/{unit}/seat
POST   L L L   2   . . . . .   . . .   . .   .   . o . .  desk_post_act          /desk/office/posts/{post}/give
POST   L L L   2   . . . . .   . . .   . .   .   . o . .  desk_post_act          /desk/office/posts/{post}/relieve
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_post_act          /desk/office/posts/{post}/end
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_people_table      /desk/office/tables/units
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_people_table      /desk/office/tables/posts
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_rule_table        /desk/office/tables/limits
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_table             /desk/office/tables/places
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_webhook_replay    /desk/office/webhooks/{hook}/replay
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_imports           /desk/office/imports
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_import_refused    /desk/office/imports/{import}/refused
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_import_run        /desk/office/imports/{import}/run
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_import_drop       /desk/office/imports/{import}/drop
POST   L L L   2   . . . . .   . . .   . .   .   . o . .  desk_tokens            /desk/office/tokens
POST   L L L   2   . . . . .   . . .   . .   .   . o . .  desk_token_revoke      /desk/office/tokens/{token}/revoke
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duty_new          /desk/office/duties/new
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duty_table        /desk/office/duties/table
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_duty              /desk/office/duties/{entry}
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_template          /desk/office/templates/default.done
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_limit_step        /desk/office/limits/step/stage.dispatch
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_limit             /desk/office/limits/municipal.drain
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_hours_new /desk/office/calendars/hours/new
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_hours    /desk/office/calendars/hours/office
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_holidays /desk/office/calendars/holidays/2026
POST   L L L   2   . . . . .   . . .   . .   .   o . . .  desk_calendar_days_new /desk/office/calendars/days/new
POST   L L L   2   . . . . .   . . .   . .   .   . . . .  desk_calendar_days     /desk/office/calendars/days/storm

# what neighbours propose; {proposal} is hers, {comment} too, and hidden
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  forum                  /forum
GET    o o o   .   . . . . .   . . .   . .   .   . . . .  propose                /forum/new
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  proposal               /forum/{proposal}
GET    o o o   o   o o o o o   o o o   o o   o   o o o o  forum_figures          /forum/figures
POST   o o o   .   . . . . .   . . .   . .   .   . . . .  propose                /forum/new
POST   o o o   .   . . . . .   . . .   . .   .   . . . .  second                 /forum/{proposal}/second
POST   o o o   .   . . . . .   . . .   . .   .   . . . .  unsecond               /forum/{proposal}/unsecond
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  withdraw_proposal      /forum/{proposal}/withdraw
POST   o o o   .   . . . . .   . . .   . .   .   . . . .  judge                  /forum/{proposal}/judge
POST   o o o   .   . . . . .   . . .   . .   .   . . . .  comment                /forum/{proposal}/comments
POST   o o o   .   . . . . .   . . .   . .   .   . . . .  agree_comment          /forum/{proposal}/comments/{said}/agree
POST   . o .   .   . . . . .   . . .   . .   .   . . . .  appeal                 /forum/{proposal}/comments/{comment}/appeal
GET    L L L   2   . . . . .   . . .   . .   .   . . . o  desk_forum             /desk/forum
GET    L L L   2   . . . . .   . . .   . .   .   . . . o  desk_proposal          /desk/forum/{proposal}
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_proposal_sort     /desk/forum/{proposal}/sort
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_proposal_promise  /desk/forum/{proposal}/promise
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_proposal_step     /desk/forum/{proposal}/step/{step}
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_proposal_more     /desk/forum/{proposal}/more
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_proposal_finish   /desk/forum/{proposal}/finish
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_proposal_paper    /desk/forum/{proposal}/paper
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_comment           /desk/forum/{proposal}/said/{said}
POST   L L L   2   . . . . .   . . .   . .   .   . . . o  desk_moderate          /desk/forum/{proposal}/said/{comment}/rule
"""

_API = """
GET    o o o o o o o o o  api:openapi-json     /api/v1/openapi.json
GET    . . . . . . . . .  api:api-root         /api/v1/
GET    1 1 o o o o o o o  api:me               /api/v1/me
GET    1 1 o 3 3 3 3 3 3  api:classes          /api/v1/classes
GET    1 1 o 3 3 3 3 3 3  api:every_place      /api/v1/places
GET    1 1 o 3 3 3 3 3 3  api:units            /api/v1/units
GET    1 1 3 o 3 3 o o 3  api:changed_cases    /api/v1/cases
POST   1 1 3 3 o 3 3 3 3  api:file_case        /api/v1/cases
GET    1 1 3 o 3 3 o . 3  api:one_case         /api/v1/cases/{case}
GET    1 1 3 . 3 3 . . 3  api:one_case         /api/v1/cases/{sealed}
POST   1 1 3 3 3 3 o . 3  api:work_on          /api/v1/cases/{case}/note
POST   1 1 3 3 3 3 o . 3  api:work_on          /api/v1/cases/{case}/reply
POST   1 1 3 3 3 3 . . 3  api:work_on          /api/v1/cases/{sealed}/note
POST   1 1 3 3 3 o 3 3 o  api:make             /api/v1/webhooks
GET    1 1 3 3 3 o 3 3 o  api:every            /api/v1/webhooks
DELETE 1 1 3 3 3 o 3 3 .  api:end              /api/v1/webhooks/{hook}
DELETE 1 1 3 3 3 . 3 3 o  api:end              /api/v1/webhooks/{otherhook}
POST   1 1 3 3 3 o 3 3 .  api:replay           /api/v1/webhooks/{hook}/replay
POST   1 1 3 3 3 . 3 3 o  api:replay           /api/v1/webhooks/{otherhook}/replay
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    method: str
    verdicts: str
    name: str
    path: str


def _rows(text: str) -> list[Row]:
    rows = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            method, *verdicts, name, path = line.split()
            rows.append(Row(method, "".join(verdicts), name, path))
    return rows


BROWSERS, API = _rows(_BROWSERS), _rows(_API)
