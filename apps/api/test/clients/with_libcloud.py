"""What people do with Apache Libcloud (Debian's python3-libcloud). CLOUDSTACK_ENDPOINT, _KEY and _SECRET say where."""
import os
from urllib.parse import urlparse

from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

endpoint = urlparse(os.environ['CLOUDSTACK_ENDPOINT'])
driver = get_driver(Provider.CLOUDSTACK)(
    key=os.environ['CLOUDSTACK_KEY'], secret=os.environ['CLOUDSTACK_SECRET'],
    host=endpoint.hostname, port=endpoint.port, path=endpoint.path, secure=False)

size = next(size for size in driver.list_sizes() if size.name == 'tiny')
image, location = driver.list_images()[0], driver.list_locations()[0]
network = driver.ex_list_networks()[0]
assert len(driver.ex_list_network_offerings()) > 1
assert len(driver.ex_list_disk_offerings()) > 1
assert len(driver.ex_list_os_types()) > 50
assert driver.ex_list_projects() == []
assert driver.ex_list_public_ips() == []

stopped = driver.create_node('library-1', size, image)
assert stopped.state == NodeState.STOPPED, stopped
running = driver.create_node(
    'library-2', size, image, location=location, networks=[network], ex_start_vm=True,
    ex_displayname='[a] ~ * é', ex_userdata='hello')
assert running.state == NodeState.RUNNING and len(running.private_ips) == 1, running

assert {node.name: node.state for node in driver.list_nodes(location=location)} == {
    'library-1': NodeState.STOPPED, 'library-2': NodeState.RUNNING}
assert driver.ex_get_node(running.id).private_ips == running.private_ips
assert [nic.ip_address for nic in driver.ex_list_nics(running)] == running.private_ips
volumes = driver.list_volumes(node=running)
assert len(volumes) == 1 and driver.ex_get_volume(volumes[0].id).name == volumes[0].name

assert driver.ex_start(stopped) == 'Running'
assert driver.reboot_node(stopped)
assert driver.ex_stop(stopped) == 'Stopped'
for node in (stopped, running):
    assert driver.destroy_node(node, ex_expunge=True)
assert driver.list_nodes() == []
print('done')
