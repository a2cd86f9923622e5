package org.rackweave.sim.world;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What may befall a run. Each kind has chance of its own, so that a run without one of them keeps the others. */
public enum Trouble {
    LOSS("a datagram, request or answer is lost"),
    DELAY("one comes late, and out of order"),
    REPEAT("one comes twice"),
    CORRUPTION("one arrives with a bit turned over: the seal breaks, and it is refused"),
    SPLIT("the network is split: one way, in two, or between two nodes that both still reach the others"),
    BUSY("a server has more to do than it can take on"),
    DEATH("a process dies at the boundary of an effect"),
    KILL("a process is killed"),
    REBOOT("a card reboots"),
    STALL("a process stands still for a while, and goes on"),
    GOODBYE("a process is stopped in good order"),
    LEAVING("a node is gone for good"),
    DRIFT("clocks run at rates of their own"),
    CLOCK_JUMP("a wall clock jumps"),
    FULL_DISK("a disk is full for a while"),
    SLOW_DISK("a commit takes long, and nothing leaves the process before it is done"),
    UNKNOWN_COMMIT("a commit fails, and may be on the disk all the same"),
    UNREADABLE_LEDGER("a ledger cannot be read when its process starts"),
    OLD_LEDGER("an older copy of a ledger is put in place"),
    HARDWARE("an order is refused, its outcome is unknown, or a wipe falls short"),
    UNREADABLE_ROUTE("a route cannot be read"),
    HANG("an order takes longer than an order may"),
    LIE("an order is reported as done, and is not"),
    LATE("an order whose outcome was unknown, and which was read as not done, takes effect later"),
    GONE_DEVICE("a device disappears for a while, and may come back reset"),
    SWITCH_RESET("a switch resets, to nothing bound or to bindings of its own, and forgets its epochs"),
    FOREIGN_HAND("a second fabric manager moves a route"),
    ASK("somebody asks for something");

    private final String sentence;

    Trouble(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }

    /** As it is written on a command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Trouble> ofWord(String word) {
        return Arrays.stream(values())
                .filter(trouble -> trouble.word().equals(word))
                .findFirst();
    }
}
