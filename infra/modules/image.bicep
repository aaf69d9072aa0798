// The image that the app runs now, so that provisioning again does not put the placeholder back.
param exists bool
param name string

resource app 'Microsoft.App/containerApps@2025-07-01' existing = if (exists) {
  name: name
}

output image string = exists
  ? app!.properties.template.containers[0].image
  : 'mcr.microsoft.com/k8se/quickstart-functions:latest'
