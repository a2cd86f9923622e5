package org.rackweave.sim.world;

/** What holds after every event of a run, whatever happened. */
public enum Invariant {
    ONE_HOLDER("no slice has two holders, neither in its hardware nor in what borrowers' ledgers say they hold"),
    BOUND_IS_GRANTED(
            "what its owner bound in hardware is granted to that host with that epoch, is being taken from it, or is quarantined"),
    EPOCHS_ONLY_GROW("the epoch of a slice never goes back"),
    TOLD_IS_WRITTEN("an epoch or a grant that an owner has told anybody is in its ledger"),
    BELIEVED_IS_BOUND(
            "as long as a borrower believes to hold a slice, its hardware is bound to it, unless it was revoked or"
                    + " somebody else moved it"),
    OVERDUE_IS_NOT_FREE("what is overdue is never free, and never free while its borrower has it"),
    NOTHING_UNWIPED("nothing is bound to a host before what the last one wrote is wiped"),
    FREE_IS_CLEAN("what is free or reserved is unbound and wiped, and nothing is loaded in it"),
    LOADED_AS_ASKED("what is granted has the configuration that was asked for, and nothing when none was"),
    FATAL_IS_NOT_PULLED(
            "what a host could not survive to lose is taken from it only after it let go, or by the word of people"),
    TERMS_END("a term that ran out is acted upon soon: tolerated loans end, others are overdue"),
    GROUP_IS_WHOLE(
            "a loan is active only when every lease that its host sees is granted, and nobody is told how to reach a part of it"),
    FOREIGN_HAND_IS_SEEN(
            "what somebody else moved is quarantined, or taken back, as soon as its owner could have looked"),
    NOTHING_NEW_OUTSIDE_ITS_TERM("outside its own term a borrower starts nothing new"),
    LENT_IS_OWNED("what borrowers hold and what is offered are together no more than what is owned"),
    NETWORK_ENDS_NO_FATAL_LOAN(
            "a borrower gives up what its host could not survive to lose only by somebody's word, or when its owner has ended it"),
    TERMS_ARE_KEPT("no loan is ended by force before its term, or the grace of its revocation, is over"),
    REVOKED_STAYS_REVOKED("a loan that is being revoked gets no fresh term"),
    RECLAIMED_FOR_HIGHER("an owner takes a lease back by itself only for a demand of a higher priority that waits"),
    NO_MORE_RECLAIMED(
            "of what it takes back for a demand there is nothing without which the demand would be served too"),
    KEPT_IS_NOT_PASSED("what is kept for those who wait goes to nobody of the same or a lower priority"),
    RULES_ARE_KEPT("no borrower is given more than its quota, and none what its owner never lends"),
    LINE_IS_WRITTEN("who stands in the line of an owner is in its ledger, and nobody else"),
    DEMANDS_ARE_SERVED("after faults stop, no demand waits that one owner could meet and nobody else waits for there"),
    BELIEVED_WAS_SAID("a message in which a bit was turned over on its way is not believed to say what nobody said"),
    NO_BUG("no core and no conductor throws"),
    ALL_SEE_ALL("after faults stop, all nodes see all that live"),
    ALL_COMES_BACK("after faults stop and all is given back, nothing is held, owed or lost");

    private final String sentence;

    Invariant(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
