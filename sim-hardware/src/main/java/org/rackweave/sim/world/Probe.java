package org.rackweave.sim.world;

/** Rare paths that a run should have been on. */
public enum Probe {
    CRASH_BEFORE_COMMIT("a process died with a batch that was not yet written"),
    CRASH_AFTER_COMMIT("a process died after a commit, before anything was carried out"),
    CRASH_BEFORE_HARDWARE("a process died before an order that was in its ledger reached the hardware"),
    CRASH_BEFORE_ASKING("a process died before it sent a request that was in its ledger"),
    CRASH_BEFORE_ANSWERING("a process died before it answered what was in its ledger"),
    CRASH_AT_START("a process died while it started"),
    LATE_AFTER_CRASH("hardware carried out an order of a process that was dead already"),
    LATE_AND_FENCED("hardware refused an order of a dead process because it held a newer epoch"),
    DRAINED_AT_START("a process waited for the order of a dead one before it read its hardware"),
    HARDWARE_REFUSED("hardware refused"),
    UNKNOWN_BUT_DONE("the outcome of an order was unknown, and it was carried out"),
    UNKNOWN_NOT_DONE("the outcome of an order was unknown, and it was not carried out"),
    HARDWARE_HUNG("an order took longer than an order may"),
    ROUTE_UNREADABLE("a route could not be read"),
    WIPE_FELL_SHORT("a wipe did not reach all of a slice"),
    WIPE_LEFT_LOADED("a wipe left in a slice what was loaded"),
    LOAD_FAILED("a slice that was to be loaded was fenced before it was granted"),
    LOADED_AND_GRANTED("a slice was granted with what was asked to be loaded"),
    LEDGER_REFUSED_RESULT("a ledger refused while a result of the hardware was to be written"),
    LEDGER_REFUSED_AT_START("a ledger could not be written while a process started"),
    GROUP_GRANTED("a loan of several lenders became whole"),
    GROUP_FELL_APART("a loan of several lenders was given back before it was whole"),
    LOAN_LOST("a borrower lost a loan"),
    LAPSED("a reservation lapsed"),
    TOLERATED_FORCED("a tolerated loan was ended by force"),
    OVERDUE_RECOVERED("an overdue loan was renewed"),
    OVERDUE_RELEASED("an overdue loan was given back"),
    OVERDUE_ENDED_BY_PEOPLE("people ended an overdue loan"),
    QUARANTINE_ENDED("people ended a quarantine"),
    REVOKED_FATAL("a loan was revoked whose forced end would be fatal"),
    REBOOT_GRACE("a reboot of the owner gave a loan a fresh term"),
    REBOOT_GRACES_SPENT("a reboot of the owner ended a loan that had its graces"),
    BORROWER_REBOOTED("a card rebooted while it held a loan"),
    BORROWER_RESTARTED("a process restarted while it held a loan"),
    LATE_ANSWER("an answer came after its request had timed out"),
    REPEATED_REQUEST("a request arrived twice"),
    REPEATED_DATAGRAM("a datagram arrived twice"),
    ONE_WAY_SPLIT("one node heard another that did not hear it"),
    SPLIT("the network was split in two"),
    PARTIAL_SPLIT("two nodes did not reach one another, and both reached others"),
    CORRUPTED("a message arrived with a bit turned over, and was thrown away"),
    CLOCK_JUMPED("a wall clock jumped"),
    STALLED("a process stood still"),
    COMMIT_SLOW("a commit took long"),
    COMMIT_FAILED("a commit failed with an error of its disk"),
    FAILED_COMMIT_WAS_THERE("a commit that had failed was on the disk when the next process started"),
    LEDGER_UNREADABLE("a ledger could not be read when a process started"),
    LEDGER_RESTORED("an older copy of a ledger was put in place"),
    HARDWARE_LIED("hardware reported as done what it had not done"),
    LATE_AFTER_READ("an order took effect after its outcome was unknown"),
    DEVICE_GONE("a device disappeared"),
    SWITCH_RESET("a switch came up with nothing bound"),
    SWITCH_BOUND_BY_ITSELF("a switch came up with bindings of its own"),
    FOREIGN_BIND("another fabric manager bound a slice"),
    FOREIGN_UNBIND("another fabric manager unbound a slice"),
    FOREIGN_HAND_SEEN("an owner quarantined what somebody else had moved"),
    FOREIGN_HAND_MET("an owner's own order ended what somebody else had bound"),
    SEEN_DEAD("a node was taken for dead by another"),
    BORROWED_FROM_SELF("a node lent to itself"),
    GOODBYE("a node gave all back and said goodbye"),
    GONE_FOR_GOOD("a node never came back");

    private final String sentence;

    Probe(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
