package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Servers with cores and memory, in groups whose members lend each other memory. The rules hold here, whatever a policy
 * wishes: nothing beyond what a server has, no more remote memory than the limit allows a VM, no more lenders than four.
 */
final class LendingRack {
    static final int SERVERS = 64;
    static final int CORES = 48;
    static final int MAX_LENDERS = 4;

    private final int group;
    private final int remotePercent;
    private final int[] cores = new int[SERVERS];
    private final int[] memory = new int[SERVERS];
    private final List<List<Guest>> guests = new ArrayList<>();
    private long remoteUnits;
    private long heldUnits;
    private long movedUnits;

    /** A VM that runs: where, and where its memory is. */
    static final class Guest {
        private final LendingTrace.Vm vm;
        private final int server;
        private final int[] lenders = new int[MAX_LENDERS];
        private final int[] amounts = new int[MAX_LENDERS];
        private int lenderCount;
        private int remote;

        private Guest(LendingTrace.Vm vm, int server) {
            this.vm = vm;
            this.server = server;
        }

        LendingTrace.Vm vm() {
            return vm;
        }

        int server() {
            return server;
        }

        int remote() {
            return remote;
        }

        int lenderCount() {
            return lenderCount;
        }

        private int slot(int lender) {
            for (int i = 0; i < lenderCount; i++) {
                if (lenders[i] == lender) {
                    return i;
                }
            }
            return -1;
        }
    }

    /**
     * @param group how many servers share, a divisor of 64
     * @param remotePercent how much of a VM's memory may be remote
     * @param units what memory each server has
     */
    LendingRack(int group, int remotePercent, int units) {
        this.group = group;
        this.remotePercent = remotePercent;
        Arrays.fill(cores, CORES);
        Arrays.fill(memory, units);
        for (int i = 0; i < SERVERS; i++) {
            guests.add(new ArrayList<>());
        }
    }

    int freeCores(int server) {
        return cores[server];
    }

    int freeMemory(int server) {
        return memory[server];
    }

    long remoteUnits() {
        return remoteUnits;
    }

    long heldUnits() {
        return heldUnits;
    }

    /** Memory that changed its place while its VM ran. */
    long movedUnits() {
        return movedUnits;
    }

    List<Guest> guests(int server) {
        return guests.get(server);
    }

    int remoteLimit(LendingTrace.Vm vm) {
        return vm.memoryUnits() * remotePercent / 100;
    }

    boolean anyHasCores(LendingTrace.Vm vm) {
        return Arrays.stream(cores).anyMatch(free -> free >= vm.cores());
    }

    private int groupStart(int server) {
        return server / group * group;
    }

    /** What the four neighbours with the most free memory have together. */
    int lendable(int server) {
        int[] most = new int[MAX_LENDERS];
        int start = groupStart(server);
        for (int i = start; i < start + group; i++) {
            int free = i == server ? 0 : memory[i];
            for (int rank = 0; rank < MAX_LENDERS && free > 0; rank++) {
                int larger = Math.max(most[rank], free);
                free = Math.min(most[rank], free);
                most[rank] = larger;
            }
        }
        int sum = 0;
        for (int free : most) {
            sum += free;
        }
        return sum;
    }

    int mostLenders() {
        return Math.min(MAX_LENDERS, group - 1);
    }

    /** What all of a server's group has free. */
    int groupMemory(int server) {
        int start = groupStart(server);
        return Arrays.stream(memory, start, start + group).sum();
    }

    /** Whether a VM could run here with just so much of its memory remote. */
    boolean fits(LendingTrace.Vm vm, int server, int remote) {
        return cores[server] >= vm.cores()
                && memory[server] >= vm.memoryUnits() - remote
                && remote <= remoteLimit(vm)
                && (remote == 0 || lendable(server) >= remote);
    }

    /** The VM runs here from now on. */
    Guest start(LendingTrace.Vm vm, int server, int remote) {
        if (!fits(vm, server, remote)) {
            throw new IllegalStateException(vm + " does not fit on server " + server + " with " + remote + " remote");
        }
        Guest guest = new Guest(vm, server);
        cores[server] -= vm.cores();
        memory[server] -= vm.memoryUnits();
        heldUnits += vm.memoryUnits();
        guests.get(server).add(guest);
        lend(guest, remote);
        return guest;
    }

    /** Its own memory, and what it had remote, are free again. */
    void leave(Guest guest) {
        guests.get(guest.server).remove(guest);
        goHome(guest, guest.remote);
        cores[guest.server] += guest.vm.cores();
        memory[guest.server] += guest.vm.memoryUnits();
        heldUnits -= guest.vm.memoryUnits();
    }

    /** From its server to neighbours, those with the most free first. Lends less if that is all there is. */
    private int lend(Guest guest, int units) {
        int left = units;
        while (left > 0) {
            int lender = lender(guest);
            if (lender < 0) {
                break;
            }
            int part = Math.min(left, memory[lender]);
            int slot = guest.slot(lender);
            if (slot < 0) {
                slot = guest.lenderCount++;
                guest.lenders[slot] = lender;
                guest.amounts[slot] = 0;
            }
            guest.amounts[slot] += part;
            guest.remote += part;
            memory[lender] -= part;
            memory[guest.server] += part;
            remoteUnits += part;
            left -= part;
        }
        return units - left;
    }

    private int lender(Guest guest) {
        int best = -1;
        int start = groupStart(guest.server);
        for (int i = start; i < start + group; i++) {
            boolean allowed = i != guest.server && (guest.lenderCount < MAX_LENDERS || guest.slot(i) >= 0);
            if (allowed && memory[i] > 0 && (best < 0 || memory[i] > memory[best])) {
                best = i;
            }
        }
        return best;
    }

    private void goHome(Guest guest, int units) {
        int left = units;
        while (left > 0) {
            int slot = guest.lenderCount - 1;
            int part = Math.min(left, guest.amounts[slot]);
            guest.amounts[slot] -= part;
            guest.remote -= part;
            memory[guest.lenders[slot]] += part;
            memory[guest.server] -= part;
            remoteUnits -= part;
            left -= part;
            if (guest.amounts[slot] == 0) {
                guest.lenderCount--;
            }
        }
    }

    /** How much local memory a server could have free, if its guests went as far away as they may. */
    int couldBeFree(int server) {
        int sum = memory[server];
        for (Guest guest : guests.get(server)) {
            sum += remoteLimit(guest.vm) - guest.remote;
        }
        return sum;
    }

    /** Moves memory of running VMs to neighbours, of the largest first, until so much is free here, or nothing more can go. */
    void makeRoom(int server, int wanted) {
        List<Guest> largestFirst = guests.get(server).stream()
                .sorted(Comparator.comparingInt((Guest guest) -> guest.vm.memoryUnits())
                        .reversed())
                .toList();
        for (Guest guest : largestFirst) {
            int part = Math.min(wanted - memory[server], remoteLimit(guest.vm) - guest.remote);
            if (part > 0) {
                movedUnits += lend(guest, part);
            }
        }
    }

    /** Brings remote memory of this server's guests back to it, as far as it has room. */
    void bringHome(int server) {
        for (Guest guest : guests.get(server)) {
            int part = Math.min(guest.remote, memory[server]);
            if (part > 0) {
                goHome(guest, part);
                movedUnits += part;
            }
        }
    }
}
