package org.rackweave.sim.world;

/** What holds after every event of a run, whatever happened. */
public enum Invariant {
    ONE_HOLDER("no slice has two holders, neither in its hardware nor in what borrowers' ledgers say they hold"),
    BOUND_IS_GRANTED(
            "what is bound in hardware is granted to that host with that epoch, is being taken from it, or is quarantined"),
    EPOCHS_ONLY_GROW("the epoch of a slice never goes back"),
    TOLD_IS_WRITTEN("an epoch that an owner has told anybody is in its ledger"),
    BELIEVED_IS_BOUND(
            "as long as a borrower believes to hold a slice, its hardware is bound to it, unless people took it by force"),
    OVERDUE_IS_NOT_FREE("what is overdue is never free, and never free while its borrower has it"),
    NOTHING_UNWIPED("nothing is bound to a host before what the last one wrote is wiped"),
    FREE_IS_CLEAN("what is free or reserved is unbound and wiped"),
    FATAL_IS_NOT_PULLED(
            "what a host could not survive to lose is taken from it only after it let go, or by the word of people"),
    TERMS_END("a term that ran out is acted upon soon: tolerated loans end, others are overdue"),
    GROUP_IS_WHOLE("a loan is active only when every lease that its host sees is granted"),
    NO_BUG("no core and no conductor throws"),
    ALL_SEE_ALL("after faults stop, all nodes see all that live"),
    ALL_COMES_BACK("after faults stop and all is given back, nothing is held, and nothing is owed");

    private final String sentence;

    Invariant(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
