package org.rackweave.sim.lab.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.rackweave.daemon.matching.Demand;
import org.rackweave.daemon.matching.Mix;
import org.rackweave.daemon.matching.Placement;
import org.rackweave.daemon.matching.Supply;

/** Where a VM goes, and how much of its memory is remote. A policy may have learned; each run gets a new one. */
interface LendingPolicy {
    /** Starts the VM, or does not. */
    Optional<LendingRack.Guest> place(LendingRack rack, LendingTrace.Vm vm);

    /** A VM left this server. */
    default void left(LendingRack rack, int server) {}

    /** Half of the warm-up is over: what is held now is typical. */
    default void learn(List<LendingTrace.Vm> held) {}

    /** How good a server is for a VM; less is better. */
    interface Liking {
        double of(LendingRack rack, int server, LendingTrace.Vm vm);
    }

    /** How much of a VM's memory would be remote on a server. */
    interface Remote {
        int on(LendingRack rack, int server, LendingTrace.Vm vm);
    }

    /** The server with the fewest free cores. */
    static double fewestCores(LendingRack rack, int server, LendingTrace.Vm vm) {
        return rack.freeCores(server);
    }

    private static Optional<LendingRack.Guest> best(
            LendingRack rack, LendingTrace.Vm vm, Remote remote, Liking liking) {
        int best = -1;
        double least = 0;
        for (int server = 0; server < LendingRack.SERVERS; server++) {
            if (rack.freeCores(server) >= vm.cores() && rack.fits(vm, server, remote.on(rack, server, vm))) {
                double cost = liking.of(rack, server, vm);
                if (best < 0 || cost < least) {
                    best = server;
                    least = cost;
                }
            }
        }
        return best < 0 ? Optional.empty() : Optional.of(rack.start(vm, best, remote.on(rack, best, vm)));
    }

    private static int none(LendingRack rack, int server, LendingTrace.Vm vm) {
        return 0;
    }

    private static int shortage(LendingRack rack, int server, LendingTrace.Vm vm) {
        return Math.max(0, vm.memoryUnits() - rack.freeMemory(server));
    }

    /** The control: best fit by cores among servers that have all of the memory. */
    record Static() implements LendingPolicy {
        @Override
        public Optional<LendingRack.Guest> place(LendingRack rack, LendingTrace.Vm vm) {
            return best(rack, vm, LendingPolicy::none, LendingPolicy::fewestCores);
        }
    }

    /** As the control; where no server has all of the memory, what is short is remote. */
    record OnShortage() implements LendingPolicy {
        @Override
        public Optional<LendingRack.Guest> place(LendingRack rack, LendingTrace.Vm vm) {
            return best(rack, vm, LendingPolicy::none, LendingPolicy::fewestCores)
                    .or(() -> best(rack, vm, LendingPolicy::shortage, LendingPolicy::fewestCores));
        }
    }

    /** Each VM takes as much remote as levels what its server and its neighbours have free. */
    record Balance() implements LendingPolicy {
        @Override
        public Optional<LendingRack.Guest> place(LendingRack rack, LendingTrace.Vm vm) {
            return best(rack, vm, Balance::levelling, LendingPolicy::fewestCores)
                    .or(() -> best(rack, vm, LendingPolicy::shortage, LendingPolicy::fewestCores));
        }

        /** What would leave as much here as each of the best lenders then has, on average. */
        private static int levelling(LendingRack rack, int server, LendingTrace.Vm vm) {
            int local = rack.freeMemory(server) - vm.memoryUnits();
            int lenders = rack.lendable(server);
            double level = (lenders + local) / (1.0 + rack.mostLenders());
            int wanted = (int) Math.max(shortage(rack, server, vm), Math.round(level - local));
            return Math.max(0, Math.min(Math.min(wanted, rack.remoteLimit(vm)), lenders));
        }
    }

    /**
     * Ours: the server by the daemon's own {@link Placement}, all local if any server can; else remote what is short; else
     * memory of VMs that run there makes room. What is remote goes home as soon as there is room.
     */
    final class Ours implements LendingPolicy {
        private final Moves moves;
        private Placement placement = new Placement(Mix.unknown());
        private double[][] costs = new double[0][];
        private double[][] stranded = new double[0][];

        /** Whether memory of a VM that runs may change its place. */
        enum Moves {
            ALLOWED,
            NONE
        }

        Ours(Moves moves) {
            this.moves = moves;
            forget();
        }

        @Override
        public void learn(List<LendingTrace.Vm> held) {
            List<Demand> demands = held.stream()
                    .map(vm -> new Demand(Set.of(), List.of((long) vm.cores(), (long) vm.memoryUnits()), 0, 0))
                    .toList();
            placement = new Placement(Mix.of(demands, LendingRack.CORES));
            forget();
        }

        private void forget() {
            costs = new double[LendingRack.CORES + 1][0];
            stranded = new double[LendingRack.CORES + 1][0];
        }

        @Override
        public Optional<LendingRack.Guest> place(LendingRack rack, LendingTrace.Vm vm) {
            return best(rack, vm, LendingPolicy::none, this::cost)
                    .or(() -> best(rack, vm, LendingPolicy::shortage, Ours::partRemote))
                    .or(() -> moves == Moves.ALLOWED ? withRoomMade(rack, vm) : Optional.empty());
        }

        private double cost(LendingRack rack, int server, LendingTrace.Vm vm) {
            int cores = rack.freeCores(server);
            int memory = rack.freeMemory(server);
            return known(costs, cores - vm.cores(), memory - vm.memoryUnits()) - known(stranded, cores, memory);
        }

        /** The policy is a pure function of what is free, and asked often: each answer is computed once. */
        private double known(double[][] table, int cores, int memory) {
            if (table[cores].length <= memory) {
                int before = table[cores].length;
                table[cores] = Arrays.copyOf(table[cores], memory + 1);
                Arrays.fill(table[cores], before, memory + 1, Double.NaN);
            }
            if (Double.isNaN(table[cores][memory])) {
                Supply free = new Supply("", List.of((long) cores, (long) memory), List.of());
                table[cores][memory] = table == costs ? placement.cost(free) : placement.stranded(free);
            }
            return table[cores][memory];
        }

        private static double partRemote(LendingRack rack, int server, LendingTrace.Vm vm) {
            return shortage(rack, server, vm);
        }

        private static Optional<LendingRack.Guest> withRoomMade(LendingRack rack, LendingTrace.Vm vm) {
            int local = vm.memoryUnits() - rack.remoteLimit(vm);
            Optional<Integer> server = IntStream.range(0, LendingRack.SERVERS)
                    .boxed()
                    .filter(at -> rack.freeCores(at) >= vm.cores()
                            && rack.groupMemory(at) >= vm.memoryUnits()
                            && rack.couldBeFree(at) >= local)
                    .max((one, other) -> Integer.compare(rack.freeMemory(one), rack.freeMemory(other)));
            if (server.isEmpty()) {
                return Optional.empty();
            }
            rack.makeRoom(server.get(), local);
            int remote = shortage(rack, server.get(), vm);
            return rack.fits(vm, server.get(), remote)
                    ? Optional.of(rack.start(vm, server.get(), remote))
                    : Optional.empty();
        }

        @Override
        public void left(LendingRack rack, int server) {
            if (moves == Moves.ALLOWED) {
                rack.bringHome(server);
            }
        }
    }
}
