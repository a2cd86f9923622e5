package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.inventory.CpuCore;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.inventory.RunningHost;
import org.rackweave.hal.text.IdLists;

/** What discovery finds on the machine that runs the tests is what /proc says of it; needs no tool. */
class ThisMachineTest {
    private static final Inventory HERE = Discovery.ofThisMachine();

    private static String proc(String file) throws IOException {
        return Files.readString(Path.of("/proc", file));
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @Test
    void theCpusThatRunAreThoseOfProcCpuinfo() throws IOException {
        List<Integer> listed = all("(?<=^processor\\s{0,4}: )[0-9]+$", proc("cpuinfo")).stream()
                .map(Integer::valueOf)
                .toList();
        assertThat(HERE.cpus().online().ids()).containsExactlyElementsOf(listed);
        assertThat(HERE.cpus().packages().stream().flatMap(each -> each.cores().stream()))
                .flatExtracting((CpuCore core) -> core.threads().ids())
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    @Test
    void thePackagesAreThoseOfProcCpuinfo() throws IOException {
        List<String> packages = all("(?<=^physical id\\s{0,4}: )[0-9]+$", proc("cpuinfo"));
        assumeTrue(!packages.isEmpty(), "this architecture's /proc/cpuinfo names no packages");
        assertThat(HERE.cpus().packages())
                .extracting(each -> String.valueOf(each.id().orElse(-1)))
                .containsExactlyInAnyOrderElementsOf(Set.copyOf(packages));
    }

    @Test
    void theMemoryIsThatOfProcMeminfo() throws IOException {
        long kibibytes = Long.parseLong(
                all("(?<=^MemTotal:\\s{1,16})[0-9]+", proc("meminfo")).get(0));
        assertThat(HERE.memory().totalBytes()).hasValue(kibibytes * 1024);
        long ofNodes = HERE.numaNodes().stream()
                .mapToLong(node -> node.memoryBytes().orElse(0))
                .sum();
        assertThat(HERE.problems().stream()
                        .anyMatch(problem -> problem.kind() == DiscoveryProblem.Kind.INCONSISTENT
                                && problem.path().equals("/proc/meminfo")))
                .isEqualTo(!HERE.numaNodes().isEmpty() && ofNodes != kibibytes * 1024);
    }

    /** Each line of /proc/bus/pci/devices: bus and devfn, vendor and device, interrupt, 14 addresses and sizes, driver. */
    @Test
    void theFunctionsAreThoseOfProcBusPci() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/bus/pci/devices")), "this kernel has no /proc/bus/pci");
        Set<String> listed = new TreeSet<>();
        for (String line : proc("bus/pci/devices").lines().toList()) {
            String[] fields = line.split("\t", -1);
            listed.add(fields[0] + " " + fields[1] + " " + fields[fields.length - 1].strip());
        }
        Set<String> ours = new TreeSet<>();
        for (PciFunction function : HERE.pciFunctions()) {
            ours.add(String.format(
                    "%02x%02x %04x%04x %s",
                    function.address().bus(),
                    function.address().device() << 3 | function.address().function(),
                    function.id().vendor(),
                    function.id().device(),
                    function.driver().orElse("")));
        }
        assertThat(ours).isEqualTo(listed);
    }

    @Test
    void theKernelIsTheOneThatRuns() throws IOException {
        RunningHost host = HERE.runningHost().orElseThrow();
        assertThat(host.kernelRelease()).isEqualTo(proc("sys/kernel/osrelease").strip());
        assertThat(host.kernelName()).isEqualTo(proc("sys/kernel/ostype").strip());
        assertThat(host.pageSizeBytes())
                .isEqualTo(1024
                        * Long.parseLong(all("(?<=^KernelPageSize:\\s{1,16})[0-9]+", proc("self/smaps"))
                                .get(0)));
        assertThat(host.usableCpus())
                .isEqualTo(IdLists.parse(all("(?<=^Cpus_allowed_list:\\s)\\S+", proc("self/status"))
                                .get(0))
                        .orElseThrow());
    }

    @Test
    void thisMachineHasNoProblemThatIsAFaultOfTheParsers() {
        assertThat(HERE.problems())
                .extracting(DiscoveryProblem::kind)
                .doesNotContain(DiscoveryProblem.Kind.MALFORMED, DiscoveryProblem.Kind.NATIVE_FAILED);
    }
}
