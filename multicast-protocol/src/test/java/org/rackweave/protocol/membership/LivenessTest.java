package org.rackweave.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LivenessTest {
    /** Rows and columns in the order of the enum; x is a legal step. */
    private static final List<String> TABLE = List.of(
            //                UNCONFIRMED
            //              UNKNOWN | ALIVE | DEAD | BANNED
            //                   |  |  | SUSPECT | LEFT |
            /* UNKNOWN     */ ". x . . . . x",
            /* UNCONFIRMED */ "x . x . x x x",
            /* ALIVE       */ ". x . x . x x",
            /* SUSPECT     */ ". x x . x x x",
            /* DEAD        */ "x x . . . x x",
            /* LEFT        */ "x x . . . . x",
            /* BANNED      */ "x . . . . . .");

    @Test
    void only_the_steps_of_the_table_are_legal() {
        for (Liveness from : Liveness.values()) {
            String[] row = TABLE.get(from.ordinal()).split(" ");
            for (Liveness to : Liveness.values()) {
                assertThat(from.mayBecome(to)).as(from + " to " + to).isEqualTo(row[to.ordinal()].equals("x"));
            }
        }
    }

    @Test
    void nothing_becomes_alive_but_what_was_confirmed_or_suspected() {
        for (Liveness from : Liveness.values()) {
            boolean expected = from == Liveness.UNCONFIRMED || from == Liveness.SUSPECT;
            assertThat(from.mayBecome(Liveness.ALIVE)).isEqualTo(expected);
        }
    }
}
