package org.rackweave.daemon;

import java.util.Locale;

/** What the daemon itself counts. */
public enum DaemonCounter {
    PEERS_REFUSED_BUSY("requests that found the conductor's queue full and were told to come back"),
    PEERS_DENIED("requests that the asker's role or identity did not allow"),
    LEDGER_COMMITS("commits of the ledger"),
    LEDGER_FAILURES("commits that the ledger refused; nothing of them took effect"),
    LEDGER_ROWS_PRUNED("audit rows that were removed to keep the ledger within its bound"),
    LEDGER_ROWS_PRUNED_UNREAD("of these, rows that nobody had read or exported, as far as the ledger knows"),
    LEDGER_REFUSED_FOR_ROOM("requests for something new that were refused because the ledger is nearly full"),
    LEASES_GRANTED("leases that this owner granted"),
    LOANS_GRANTED("loans that this borrower was granted, each of one lease or several"),
    LOANS_UNDERUSED("loans of this borrower that were found to be hardly used"),
    LOANS_LET_GO("loans that went back, in part or whole, since their host did not need that and had let go of it"),
    HARDWARE_ORDERS("orders given to the interposer"),
    HARDWARE_RESULTS_DROPPED("results of an older epoch, or that nobody waited for any more"),
    RECALLS_SENT("borrowers that were asked to give a lease back"),
    RECALLS_UNANSWERED("borrowers that did not answer a recall"),
    LEASES_RECLAIMED("leases that were taken back for a demand of a higher priority"),
    FREED_SENT("borrowers that were told that something is kept for a demand of theirs"),
    FREED_UNANSWERED("borrowers that did not answer that; they ask again by themselves"),
    REVOCATIONS_REFUSED(
            "lists of revocations that were forged, damaged, of another rack, or older than the one that is known");

    private final String sentence;

    DaemonCounter(String sentence) {
        this.sentence = sentence;
    }

    /** What it counts. */
    public String sentence() {
        return sentence;
    }

    /** Its name for people and for metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
