package org.rackweave.sim.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.SliceState;

/** Mistakes that the product does not make, planted where it meets the world. Each is to be found within so many seeds. */
public enum PlantedFault {
    GRANT_NOT_PERSISTED("a grant is carried out and told, and not written", 10) {
        @Override
        Seams seams() {
            return forgetting(effect ->
                    effect instanceof Effect.SaveSlice save && save.row().state() == SliceState.ACTIVE);
        }
    },
    RESERVATION_NOT_PERSISTED("a reservation is told, and not written", 10) {
        @Override
        Seams seams() {
            return forgetting(effect ->
                    effect instanceof Effect.SaveSlice save && save.row().state() == SliceState.RESERVED);
        }
    },
    LOST_LOAN_NOT_PERSISTED("a borrower forgets to write that it lost a loan", 20) {
        @Override
        Seams seams() {
            return forgetting(effect ->
                    effect instanceof Effect.SaveLoan save && save.row().state() == LoanState.LOST);
        }
    },
    RELEASE_NOT_PERSISTED("a borrower releases before it has written that it does", 20) {
        @Override
        Seams seams() {
            return forgetting(effect ->
                    effect instanceof Effect.SaveLoan save && save.row().state() == LoanState.RELEASING);
        }
    },
    SENT_BEFORE_PERSISTED("a batch is written only with the next one, and carried out before", 20) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public Journal journal(Journal sound) {
                    return new LateJournal(sound);
                }
            };
        }
    },
    REFUSAL_SWALLOWED("a ledger that could not be written is taken for written", 30) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public Journal journal(Journal sound) {
                    return new Wrapped(sound) {
                        @Override
                        public Commit commit(List<Effect> effects, long wallMillis) {
                            try {
                                return super.commit(effects, wallMillis);
                            } catch (LedgerException e) {
                                return Commit.WRITTEN;
                            }
                        }
                    };
                }
            };
        }
    },
    UNBIND_DROPPED("an unbind is not done and reported as done, and the route is not read back", 10) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public HardwareResult carryOut(HardwareOrder order, Supplier<HardwareResult> sound) {
                    if (order instanceof HardwareOrder.Unbind) {
                        return new HardwareResult.Detached();
                    }
                    return order instanceof HardwareOrder.ReadRoute
                            ? new HardwareResult.Read(new RouteReading.Unbound(Epoch.NONE))
                            : sound.get();
                }
            };
        }
    },
    WIPE_DROPPED("a wipe is reported and not done", 10) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public HardwareResult carryOut(HardwareOrder order, Supplier<HardwareResult> sound) {
                    return order instanceof HardwareOrder.Sanitise
                            ? new HardwareResult.Wiped("none", SimulatedNode.SLICE_BYTES, SimulatedNode.SLICE_BYTES)
                            : sound.get();
                }
            };
        }
    },
    LOAD_DROPPED("a load is not done and reported as done, also when it is read back", 20) {
        @Override
        Seams seams() {
            return new Seams() {
                private Optional<String> told = Optional.empty();

                @Override
                public HardwareResult carryOut(HardwareOrder order, Supplier<HardwareResult> sound) {
                    if (order instanceof HardwareOrder.Load load) {
                        told = Optional.of(load.configuration());
                        return new HardwareResult.Loaded(load.configuration(), "0".repeat(64));
                    }
                    HardwareResult result = sound.get();
                    return result instanceof HardwareResult.Attached attached
                            ? new HardwareResult.Attached(attached.attachment(), told)
                            : result;
                }
            };
        }
    },
    WRONG_HOST("a slice is bound to another host than the borrower's", 10) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public String hostPort(String sound) {
                    return "n0";
                }
            };
        }
    },
    REBOOT_UNNOTICED("deadlines of an earlier boot are believed", 60) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public LeaseEvent.Boot boot(LeaseEvent.Boot sound) {
                    return LeaseEvent.Boot.SAME;
                }
            };
        }
    },
    DRIFT_IGNORED("a borrower takes a term for as long as its owner does, and no clock for fast or slow", 60) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public LoanPolicy loanPolicy(LoanPolicy sound) {
                    return new LoanPolicy(0, sound.gatherMillis(), sound.retryMillis(), sound.answerMillis());
                }

                @Override
                public LeasePolicy leasePolicy(LeasePolicy sound) {
                    return new LeasePolicy(
                            sound.minTermMillis(),
                            sound.maxTermMillis(),
                            sound.reservationMillis(),
                            sound.firstTermMillis(),
                            0,
                            sound.maxPriority(),
                            sound.rebootGraces(),
                            sound.hardwareLimitMillis(),
                            sound.routeLookMillis(),
                            sound.rules(),
                            sound.line());
                }
            };
        }
    },
    BROKEN_SEAL_BELIEVED("what can be read of a message is believed, though its seal is broken", 60) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public <T> Optional<T> believed(Optional<T> sound, Optional<T> readable) {
                    return readable;
                }
            };
        }
    },
    CLOCK_TOO_WRONG("clocks are five times as wrong as is allowed for", 60) {
        @Override
        Seams seams() {
            return new Seams() {
                @Override
                public double clockDrift(double sound) {
                    return 5 * sound;
                }
            };
        }
    };

    private final String sentence;
    private final int withinSeeds;

    PlantedFault(String sentence, int withinSeeds) {
        this.sentence = sentence;
        this.withinSeeds = withinSeeds;
    }

    public String sentence() {
        return sentence;
    }

    public int withinSeeds() {
        return withinSeeds;
    }

    abstract Seams seams();

    private static Seams forgetting(Predicate<Effect> forgotten) {
        return new Seams() {
            @Override
            public Journal journal(Journal sound) {
                return new Wrapped(sound) {
                    @Override
                    public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
                        return super.commit(
                                effects.stream().filter(forgotten.negate()).toList(), wallMillis);
                    }
                };
            }
        };
    }

    private static class Wrapped implements Journal {
        private final Journal sound;

        Wrapped(Journal sound) {
            this.sound = sound;
        }

        @Override
        public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
            return sound.commit(effects, wallMillis);
        }

        @Override
        public List<AuditRow> audit(long after, int limit) throws LedgerException {
            return sound.audit(after, limit);
        }

        @Override
        public long lastAuditNumber() {
            return sound.lastAuditNumber();
        }

        @Override
        public String lastAuditHash() {
            return sound.lastAuditHash();
        }
    }

    /** One batch behind: what a process had said and not written dies with it. */
    private static final class LateJournal extends Wrapped {
        private List<Effect> unwritten = List.of();

        LateJournal(Journal sound) {
            super(sound);
        }

        @Override
        public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
            Commit outcome = super.commit(unwritten, wallMillis);
            unwritten = new ArrayList<>(effects);
            return effects.isEmpty() ? outcome : Commit.WRITTEN;
        }
    }
}
