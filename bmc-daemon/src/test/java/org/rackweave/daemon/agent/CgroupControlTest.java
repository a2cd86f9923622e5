package org.rackweave.daemon.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a copy of the files that the kernel shows; what the kernel would do to one of them when another is written, the test does. */
class CgroupControlTest {
    private static final long GIB = 1L << 30;
    private static final Path REAL = Path.of("/sys/fs/cgroup");

    @TempDir
    Path group;

    private CgroupControl control;

    @BeforeEach
    void likeTheKernelShowsIt() throws IOException {
        put("cgroup.freeze", "0");
        put("cgroup.events", "populated 1\nfrozen 0");
        put("cpuset.cpus", "");
        put("cpuset.cpus.effective", "0-3");
        put("memory.max", "max");
        put("memory.high", "max");
        put("memory.current", Long.toString(GIB));
        put("cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000");
        control = new CgroupControl(group, 20);
    }

    @Test
    void reads_what_the_group_has_and_uses() throws ControlException {
        assertThat(control.cpus()).isEqualTo(cpus(0, 1, 2, 3));
        assertThat(control.memoryBytes()).isEmpty();
        assertThat(control.usedMemoryBytes()).hasValue(GIB);
        assertThat(control.cpuMicros()).isEqualTo(1_500_000);
    }

    @Test
    void cpus_that_the_kernel_did_not_give_are_a_failure() throws Exception {
        assertThatThrownBy(() -> control.runOn(cpus(1, 2)))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining("0-3 instead of 1-2");
        assertThat(get("cpuset.cpus")).isEqualTo("1-2");

        put("cpuset.cpus.effective", "1-2");
        control.runOn(cpus(1, 2));
    }

    @Test
    void no_cpus_freeze_the_group_and_some_let_it_run_again() throws Exception {
        put("cgroup.events", "populated 1\nfrozen 1");
        control.runOn(new BitSet());
        assertThat(get("cgroup.freeze")).isEqualTo("1");
        assertThat(control.cpus()).isEqualTo(new BitSet());

        put("cgroup.events", "populated 1\nfrozen 0");
        control.runOn(cpus(0, 1, 2, 3));
        assertThat(get("cgroup.freeze")).isEqualTo("0");
    }

    @Test
    void a_group_is_stopped_only_when_all_its_processes_are() throws Exception {
        assertThatThrownBy(() -> control.runOn(new BitSet())).hasMessageContaining("do not stop");
        assertThat(control.cpus()).isEqualTo(cpus(0, 1, 2, 3));

        put("cgroup.events", "populated 1\nfrozen 1");
        assertThatThrownBy(() -> control.runOn(cpus(0))).hasMessageContaining("thaw the group above");
        assertThat(control.cpus()).isEqualTo(new BitSet());
    }

    @Test
    void a_part_of_a_page_is_refused_before_anything_is_written() throws Exception {
        assertThatThrownBy(() -> control.limitMemory(2 * GIB + 1)).hasMessageContaining("multiples of 4KiB");

        assertThat(get("memory.max")).isEqualTo("max");
    }

    @Test
    void memory_is_limited_and_read_back() throws Exception {
        control.limitMemory(2 * GIB);

        assertThat(control.memoryBytes()).hasValue(2 * GIB);
        assertThat(get("memory.high")).isEqualTo("max");
    }

    @Test
    void a_group_that_cannot_do_with_less_is_left_as_it_was() throws Exception {
        put("memory.max", Long.toString(2 * GIB));

        assertThatThrownBy(() -> control.limitMemory(GIB / 2)).hasMessageContaining("cannot do with");

        assertThat(get("memory.max")).isEqualTo(Long.toString(2 * GIB));
        assertThat(get("memory.high")).isEqualTo("max");
    }

    @Test
    void a_group_without_the_controllers_says_what_to_do() throws IOException {
        Files.delete(group.resolve("cpuset.cpus.effective"));

        assertThatThrownBy(() -> control.cpus()).hasMessageContaining("delegate the controllers cpuset and memory");
    }

    @Test
    void a_real_group_is_limited_where_this_user_may_make_one() throws Exception {
        Path real = REAL.resolve("rackweave-test-" + ProcessHandle.current().pid());
        assumeTrue(mayDelegate(), "NOT RUN HERE: " + REAL + " is no cgroup v2 with cpuset and memory for this user");
        Files.createDirectory(real);
        try {
            CgroupControl found = new CgroupControl(real);
            BitSet one = new BitSet();
            one.set(found.cpus().nextSetBit(0));
            found.runOn(one);
            found.limitMemory(GIB);
            assertThat(found.cpus()).isEqualTo(one);
            assertThat(found.memoryBytes()).hasValue(GIB);
        } finally {
            Files.delete(real);
        }
    }

    private static boolean mayDelegate() throws IOException {
        Path delegated = REAL.resolve("cgroup.subtree_control");
        return Files.isReadable(delegated)
                && Files.isWritable(REAL)
                && Files.readString(delegated).contains("cpuset")
                && Files.readString(delegated).contains("memory");
    }

    private void put(String file, String text) throws IOException {
        Files.writeString(group.resolve(file), text + "\n");
    }

    private String get(String file) throws IOException {
        return Files.readString(group.resolve(file)).strip();
    }

    private static BitSet cpus(int... numbers) {
        BitSet set = new BitSet();
        for (int number : numbers) {
            set.set(number);
        }
        return set;
    }
}
